import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { choicesText, labelOf } from '@elucidate/experiment/labels';
import { parameterNames } from '@elucidate/experiment/parameters';
import type { AblationTable, Estimate } from '@elucidate/experiment/tables';
import type { Queryable } from '../queryable.js';
import { ablationEntries, gridPlaces, knownAxes, titleOf, type AblationQuestion, type Entry, type Place } from './ablation-axes.js';

/** Parameter -> label, "sampler" -> "heun". */
export type Held = Readonly<Record<string, string>>;

export interface AblationTableQuestion extends AblationQuestion {
  /** Which of the tables: the labels some parameters are to have. */
  held?: Held | undefined;
}

/** One table of all of a name: what it holds fixed, and its numbers so far. */
interface Candidate {
  held: Held;
  places: Place[];
  entries: Entry[];
}

/** One ablation table: that with the labels asked for, and of several such the fullest, then that with the lowest mean over its entries. Throws 'not_found'. */
export async function ablationTable(db: Queryable, question: AblationTableQuestion): Promise<AblationTable> {
  const all = await candidates(db, question);
  const asked = Object.entries(question.held ?? {});
  const [best] = all.filter(({ held }) => asked.every(([name, label]) => held[name] === label)).sort(fullestThenLowest);
  const labels = labelsHeld(all);
  if (!best) throw noSuchTable(question, labels);
  return { ...tableOf(best, question), choices: Object.fromEntries(Object.entries(labels).filter(([, found]) => found.length > 1)) };
}

/** Every label that each parameter is held at in some table, in the order of the grid. */
const labelsHeld = (all: readonly Candidate[]): Record<string, string[]> => Object.fromEntries(parameterNames
  .map((name): [string, string[]] => [name, distinct(all.flatMap(({ held }) => held[name] ?? []))])
  .filter(([, labels]) => labels.length > 0));

function noSuchTable({ sweepId, name, held = {} }: AblationTableQuestion, labels: Record<string, string[]>): ElucidateError {
  const asked = Object.entries(held).map(([parameter, label]) => `${parameter} ${label}`).join(', ');
  const unheld = Object.keys(held).filter((parameter) => !Object.hasOwn(labels, parameter));
  const offered = choicesText(Object.fromEntries(Object.entries(labels).filter(([parameter, found]) => found.length > 1 || Object.hasOwn(held, parameter))));
  const remedies = [...unheld.map((parameter) => `${parameter} is nothing it holds`), ...(offered === '' ? [] : [`ask for ${offered}, though not every combination need exist`])];
  return new ElucidateError('not_found', `Sweep ${sweepId} has no ${name} table${asked && ` with ${asked}`}: ${remedies.join('; ') || 'it has no cells'}`);
}

/** The tables of a name, in the order of the grid. */
async function candidates(db: Queryable, question: AblationQuestion): Promise<Candidate[]> {
  const [places, entries] = await Promise.all([gridPlaces(db, question), ablationEntries(db, question)]);
  const byHeld = new Map<string, Candidate>();
  for (const place of places) {
    const key = canonical(place.held);
    const candidate = byHeld.get(key) ?? { held: heldLabels(place.held), places: [], entries: [] };
    candidate.places.push(place);
    byHeld.set(key, candidate);
  }
  for (const entry of entries) if (entry.mean !== null) byHeld.get(canonical(entry.held))?.entries.push(entry);
  return [...byHeld.values()];
}

const heldLabels = (held: Record<string, unknown>): Held =>
  Object.fromEntries(parameterNames.filter((name) => held[name] !== undefined).map((name) => [name, labelOf(name, held[name])]));

const meanOf = ({ entries }: Candidate): number => entries.reduce((sum, { mean }) => sum + (mean ?? 0), 0) / entries.length;
const fullestThenLowest = (a: Candidate, b: Candidate): number => b.entries.length - a.entries.length || meanOf(a) - meanOf(b) || 0;

function tableOf({ held, places, entries }: Candidate, { sweepId, name, metric }: AblationQuestion): Omit<AblationTable, 'choices'> {
  const { row, column } = knownAxes(name);
  const [rowValues, columnValues] = [distinct(places.map((place) => place.row)), distinct(places.map((place) => place.column))];
  const shown = rowValues.map((r) => columnValues.map((c) => entries.find((entry) => same(entry.row, r) && same(entry.column, c)) ?? null));
  const counts = distinct(shown.flat().flatMap((entry) => entry?.n ?? []));
  return {
    name, sweepId, metric, held, rowAxis: titleOf(row), columnAxis: titleOf(column),
    rows: rowValues.map((value) => labelOf(row, value)),
    columns: columnValues.map((value) => labelOf(column, value)),
    cells: shown.map((line) => line.map((entry) => entry && estimateOf(entry))),
    n: counts.length === 1 ? (counts[0] ?? null) : null,
    evaluators: distinct(shown.flat().flatMap((entry) => entry?.evaluator ?? [])),
    floor: shown.flat().find((entry) => entry?.floor != null)?.floor ?? null,
  };
}

const estimateOf = ({ mean, spread, min, trials }: Entry): Estimate | null => (mean === null || min === null ? null : { mean, spread, min, count: trials });

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const distinct = <T>(values: readonly T[]): T[] => [...new Map(values.map((value) => [canonical(value), value])).values()];
