import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { choicesText, labelOf } from '@elucidate/experiment/labels';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { parameterNames } from '@elucidate/experiment/parameters';
import { newName } from '@elucidate/experiment/renamed-keys';
import type { AblationTable } from '@elucidate/experiment/tables';
import type { Queryable } from '../queryable.js';
import { metricsOfSweep } from './metrics.js';
import { ablationEntries, gridPlaces, knownAxes, titleOf, type AblationQuestion, type Entry, type Place } from './ablation-axes.js';

/** Parameter -> label, "sampler" -> "heun". */
export type Fixed = Readonly<Record<string, string>>;

export interface AblationTableQuestion extends Omit<AblationQuestion, 'metric'> {
  /** The key of a metric; defaults to the first that the sweep requests. */
  metric?: string | undefined;
  /** Which of the tables: the labels to fix some parameters at. */
  fixed?: Fixed | undefined;
}

/** One of the tables of a name: its fixed parameters, and its numbers so far. */
interface Candidate {
  fixed: Fixed;
  places: Place[];
  entries: Entry[];
}

/** One ablation table with the requested labels; among several, the fullest, then the one with the best mean over its entries. Throws 'not_found'. */
export async function ablationTable(db: Queryable, asking: AblationTableQuestion): Promise<AblationTable> {
  const question = { ...asking, metric: asking.metric ?? (await metricsOfSweep(db, asking.sweepId))[0]! };
  const all = await candidates(db, question);
  const requested = Object.entries(question.fixed ?? {});
  const [best] = all.filter(({ fixed }) => requested.every(([name, label]) => fixed[name] === label)).sort(fullestThenBest(question.metric));
  const labels = fixedLabels(all);
  if (!best) throw noSuchTable(question, labels);
  return { ...tableOf(best, question), choices: Object.fromEntries(Object.entries(labels).filter(([, found]) => found.length > 1)) };
}

/** Every label that each parameter has in some table, in the order of the grid. */
const fixedLabels = (all: readonly Candidate[]): Record<string, string[]> => Object.fromEntries(parameterNames
  .map((name): [string, string[]] => [name, distinct(all.flatMap(({ fixed }) => fixed[name] ?? []))])
  .filter(([, labels]) => labels.length > 0));

function renamed(parameter: string): string | undefined {
  const name = newName(parameter, parameterNames);
  return name && `${parameter} is called ${name} now`;
}

function noSuchTable({ sweepId, name, fixed = {} }: AblationTableQuestion, labels: Record<string, string[]>): ElucidateError {
  const requested = Object.entries(fixed).map(([parameter, label]) => `${parameter} ${label}`).join(', ');
  const varied = Object.keys(fixed).filter((parameter) => !Object.hasOwn(labels, parameter));
  const offered = choicesText(Object.fromEntries(Object.entries(labels).filter(([parameter, found]) => found.length > 1 || Object.hasOwn(fixed, parameter))));
  const remedies = [...varied.map((parameter) => renamed(parameter) ?? `${parameter} is not fixed in it`), ...(offered === '' ? [] : [`choose ${offered} (not every combination exists)`])];
  return new ElucidateError('not_found', `Sweep ${sweepId} has no ${name} table${requested && ` with ${requested}`}: ${remedies.join('; ') || 'it has no cells'}`);
}

/** The tables of a name, in the order of the grid. */
async function candidates(db: Queryable, question: AblationQuestion): Promise<Candidate[]> {
  const [places, entries] = await Promise.all([gridPlaces(db, question), ablationEntries(db, question)]);
  const byFixed = new Map<string, Candidate>();
  for (const place of places) {
    const key = canonical(place.fixed);
    const candidate = byFixed.get(key) ?? { fixed: labelsOf(place.fixed), places: [], entries: [] };
    candidate.places.push(place);
    byFixed.set(key, candidate);
  }
  for (const entry of entries) byFixed.get(canonical(entry.fixed))?.entries.push(entry);
  return [...byFixed.values()];
}

const labelsOf = (fixed: Record<string, unknown>): Fixed =>
  Object.fromEntries(parameterNames.filter((name) => fixed[name] !== undefined).map((name) => [name, labelOf(name, fixed[name])]));

const meanOf = ({ entries }: Candidate): number => entries.reduce((sum, { estimate }) => sum + estimate.mean, 0) / entries.length;
/** The fullest first; among equally full ones, the one with the best mean over its entries. */
const fullestThenBest = (metric: string) => (a: Candidate, b: Candidate): number => b.entries.length - a.entries.length || (higherIsBetter(metric) ? -1 : 1) * (meanOf(a) - meanOf(b)) || 0;

function tableOf({ fixed, places, entries }: Candidate, { sweepId, name, metric }: AblationQuestion): Omit<AblationTable, 'choices'> {
  const { row, column } = knownAxes(name);
  const [rowValues, columnValues] = [distinct(places.map((place) => place.row)), distinct(places.map((place) => place.column))];
  const byPlace = new Map<string, Entry>();
  for (const entry of entries) if (!byPlace.has(placeOf(entry.row, entry.column))) byPlace.set(placeOf(entry.row, entry.column), entry);
  const shown = rowValues.map((r) => columnValues.map((c) => byPlace.get(placeOf(r, c)) ?? null));
  const counts = distinct(shown.flat().flatMap((entry) => entry?.estimate.n ?? []));
  return {
    name, sweepId, metric, fixed, rowAxis: titleOf(row), columnAxis: titleOf(column),
    rows: rowValues.map((value) => labelOf(row, value)),
    columns: columnValues.map((value) => labelOf(column, value)),
    cells: shown.map((line) => line.map((entry) => entry && entry.estimate)),
    n: counts.length === 1 ? (counts[0] ?? null) : null,
    evaluators: distinct(shown.flat().flatMap((entry) => entry?.evaluator ?? [])),
    real: shown.flat().find((entry) => entry?.estimate.real != null)?.estimate.real ?? null,
  };
}

const placeOf = (row: unknown, column: unknown): string => canonical([row, column]);

const distinct = <T>(values: readonly T[]): T[] => [...new Map(values.map((value) => [canonical(value), value])).values()];
