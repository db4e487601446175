import { titleOf } from '@elucidate/experiment/axis-title';
import { ElucidateError } from '@elucidate/experiment/errors';
import { choicesText, labelOf } from '@elucidate/experiment/labels';
import { parameterNames, type ParameterName } from '@elucidate/experiment/parameters';
import { newName } from '@elucidate/experiment/renamed-keys';
import { bestMean, incompleteText, isComplete } from '@elucidate/experiment/leaderboard';
import type { AskedScores } from '@elucidate/experiment/score-basis';
import type { AblationTable } from '@elucidate/experiment/tables';
import type { Queryable } from '../queryable.js';
import { metricsOfSweep } from './metrics.js';
import { bestTable, knownAxes, tableEntries, type AblationQuestion, type CellPlace, type Entry, type Wanted } from './ablation-axes.js';
import { comparableScores, type ComparableScores } from './comparable-scores.js';
import { divergedByCell, withDiverged, type DivergedTrials } from './diverged-trials.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';
import { axisLabels, sweepAxes, type SweepAxes } from './sweep-axes.js';
import { withStandings } from './table-standings.js';

/** Parameter -> label, "sampler" -> "heun". */
export type Fixed = Readonly<Record<string, string>>;

export interface AblationTableQuestion extends Omit<AblationQuestion, 'metric' | 'scores'> {
  /** The key of a metric; defaults to the first that the sweep requests. */
  metric?: string | undefined;
  /** Which of the tables: the labels to fix some parameters at. */
  fixed?: Fixed | undefined;
  /** Whose scores; by default those of the most images. */
  scores?: AskedScores | undefined;
}

/** Rows times columns of the largest table. */
const mostEntries = 20_000;

/**
 * One ablation table with the requested labels; among several, the fullest, then the one with the best mean over its entries. Its scores are of one evaluator
 * and n. Reads its own cells only, whatever the size of the sweep, except where scores of others are left out (`bestTable`). Throws 'not_found', 'request.invalid' for a table that is too large.
 */
export async function ablationTable(db: Queryable, asking: AblationTableQuestion): Promise<AblationTable> {
  await summarise(db, asking.sweepId);
  const metric = asking.metric ?? (await metricsOfSweep(db, asking.sweepId))[0]!;
  const question = { ...asking, metric, scores: await comparableScores(db, { ...asking, metric }) };
  const axes = await sweepAxes(db, question.sweepId);
  const { row, column } = knownAxes(question.name);
  const labels = axisLabels(axes, [row, column]);
  const wanted = wantedPlaces(axes, labels, question.fixed ?? {});
  const place = axes.size === 0 || wanted === null ? null : await bestTable(db, question, { axes, wanted });
  if (place === null) throw noSuchTable(question, labels);
  const table = await tableOf(db, question, { axes, entries: await withLost(db, question, await tableEntries(db, question, { axes, place })) });
  return { ...table, fixed: fixedAt(place, { axes, labels }), choices: choicesOf(labels) };
}

/** An entry, and what diverged of it. */
interface LostEntry extends Entry {
  lost: DivergedTrials | undefined;
}

/** Entries whose estimates also count the trials that diverged. */
async function withLost(db: Queryable, { sweepId }: Pick<AblationQuestion, 'sweepId'>, entries: readonly Entry[]): Promise<LostEntry[]> {
  const diverged = entries.every(({ estimate }) => estimate !== null && isComplete(estimate)) ? null : await divergedByCell(db, sweepId);
  return entries.map(({ estimate, ...entry }) => {
    const lost = diverged?.get(entry.cellId);
    return { ...entry, lost, estimate: estimate && withDiverged(estimate, lost) };
  });
}

/** Why entries that have no score have none, where something is to be said. */
function lostOf(entries: readonly LostEntry[], rows: readonly number[], columns: readonly number[]): Pick<AblationTable, 'lost'> {
  const all = entries.filter(({ estimate, lost }) => estimate === null && lost !== undefined);
  if (all.length === 0) return {};
  const at = new Map(all.map(({ row, column, lost }) => [`${row} ${column}`, incompleteText({ count: 0, diverged: lost!.diverged, trials: lost!.trials }) ?? null]));
  return { lost: rows.map((row) => columns.map((column) => at.get(`${row} ${column}`) ?? null)) };
}

/** How many rows and columns a table of this name may have, by the values in the sweep. */
export async function tableSize(db: Queryable, { sweepId, name }: Pick<AblationQuestion, 'sweepId' | 'name'>): Promise<{ rows: number; columns: number }> {
  const axes = await sweepAxes(db, sweepId);
  const { row, column } = knownAxes(name);
  return { rows: axes.get(row)?.values.length ?? 1, columns: axes.get(column)?.values.length ?? 1 };
}

type Labels = ReadonlyMap<ParameterName, readonly (string | null)[]>;

const labelled = (labels: readonly (string | null)[]): string[] => [...new Set(labels)].filter((label) => label !== null);

/** Where a table must be to have the requested labels; null: nowhere. */
function wantedPlaces(axes: SweepAxes, labels: Labels, fixed: Fixed): Wanted | null {
  const wanted = new Map<number, readonly number[]>();
  for (const [name, label] of Object.entries(fixed)) {
    const places = (labels.get(name as ParameterName) ?? []).flatMap((known, place) => (known === label ? [place] : []));
    if (places.length === 0) return null;
    const dimension = axes.get(name)?.dimension;
    if (dimension != null) wanted.set(dimension, places);
  }
  return wanted;
}

/** The labels of what a table keeps fixed. */
const fixedAt = (place: CellPlace, { axes, labels }: { axes: SweepAxes; labels: Labels }): Fixed => Object.fromEntries([...labels].flatMap(([name, known]) => {
  const label = known[place[(axes.get(name)?.dimension ?? 0) - 1] ?? 0];
  return label == null ? [] : [[name, label]];
}));

/** The parameters that some tables fix at one label, and others at another. */
const choicesOf = (labels: Labels): Record<string, string[]> =>
  Object.fromEntries([...labels].map(([name, known]): [string, string[]] => [name, labelled(known)]).filter(([, known]) => known.length > 1));

function renamed(parameter: string): string | undefined {
  const name = newName(parameter, parameterNames);
  return name && `${parameter} is called ${name} now`;
}

function noSuchTable({ sweepId, name, fixed = {} }: Omit<AblationTableQuestion, 'scores'>, labels: Labels): ElucidateError {
  const requested = Object.entries(fixed).map(([parameter, label]) => `${parameter} ${label}`).join(', ');
  const varied = Object.keys(fixed).filter((parameter) => !labels.has(parameter as ParameterName));
  const offered = choicesText(Object.fromEntries([...labels].map(([parameter, known]): [string, string[]] => [parameter, labelled(known)]).filter(([parameter, known]) => known.length > 1 || Object.hasOwn(fixed, parameter))));
  const remedies = [...varied.map((parameter) => renamed(parameter) ?? `${parameter} is not fixed in it`), ...(offered === '' ? [] : [`choose ${offered} (not every combination exists)`])];
  return new ElucidateError('not_found', `Sweep ${sweepId} has no ${name} table${requested && ` with ${requested}`}: ${remedies.join('; ') || 'it has no cells'}`);
}

async function tableOf(db: Queryable, { sweepId, name, metric, scores }: AblationQuestion, { axes, entries }: { axes: SweepAxes; entries: readonly LostEntry[] }): Promise<Omit<AblationTable, 'fixed' | 'choices'>> {
  const { row, column } = knownAxes(name);
  const [rows, columns] = [distinct(entries.map((entry) => entry.row)), distinct(entries.map((entry) => entry.column))];
  if (rows.length * columns.length > mostEntries) throw new ElucidateError('request.invalid', `The ${name} table of sweep ${sweepId} has ${rows.length} rows and ${columns.length} columns; at most ${mostEntries} entries fit in a table. The leaderboard has all cells, page by page`);
  const byPlace = new Map<string, Entry>();
  for (const entry of entries) {
    const known = byPlace.get(`${entry.row} ${entry.column}`);
    if (entry.estimate !== null && (known === undefined || known.estimate!.count < entry.estimate.count)) byPlace.set(`${entry.row} ${entry.column}`, entry);
  }
  const shown = rows.map((r) => columns.map((c) => byPlace.get(`${r} ${c}`)));
  const scored = shown.flat().filter((entry) => entry !== undefined);
  const basis = await basisOf(db, { sweepId, scores }, scored);
  const labelAt = (key: ParameterName) => (place: number): string => labelOf(key, axes.get(key)?.values[place] ?? null);
  return {
    name, sweepId, metric, rowAxis: titleOf(row), columnAxis: titleOf(column),
    rows: rows.map(labelAt(row)), columns: columns.map(labelAt(column)),
    ...lostOf(entries, rows, columns),
    ...(await withStandings(db, { sweepId, metric, scores, entries: shown })),
    n: scored[0]?.estimate?.n ?? null,
    evaluator: scored.length === 0 ? null : scores?.evaluator || null,
    real: scored.find(({ estimate }) => estimate?.real != null)?.estimate?.real ?? null,
    basis,
  };
}

async function basisOf(db: Queryable, { sweepId, scores }: { sweepId: string; scores: ComparableScores | null }, [first, ...others]: readonly Entry[]): Promise<AblationTable['basis']> {
  if (scores === null || first === undefined) return null;
  return basisOfScores(db, scores, { sweepId, cellId: first.cellId, best: bestMean(scores.metric, [first, ...others].map(({ estimate }) => estimate)) });
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
