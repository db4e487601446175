import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import { parameterNames } from '@elucidate/experiment/parameters';
import type { AblationTable, Estimate } from '@elucidate/experiment/tables';
import type { Queryable } from '../queryable.js';
import { ablationEntries, ablations, gridPlaces, type AblationQuestion, type Entry, type Place } from './ablation-axes.js';

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
  const [best] = await candidates(db, question);
  if (!best) {
    const asked = Object.entries(question.held ?? {}).map(([name, label]) => `${name} ${label}`).join(', ');
    throw new ElucidateError('not_found', `Sweep ${question.sweepId} has no ${question.name} table${asked && ` with ${asked}`}; the combinations it has are those of the same table without held`);
  }
  return tableOf(best, question);
}

/** What the tables of this name hold fixed, that shown by default first. */
export const ablationHolds = async (db: Queryable, question: AblationTableQuestion): Promise<Held[]> =>
  (await candidates(db, question)).map(({ held }) => held);

async function candidates(db: Queryable, question: AblationTableQuestion): Promise<Candidate[]> {
  const [places, entries] = await Promise.all([gridPlaces(db, question), ablationEntries(db, question)]);
  const byHeld = new Map<string, Candidate>();
  for (const place of places) {
    const key = canonical(place.held);
    const candidate = byHeld.get(key) ?? { held: heldLabels(place.held), places: [], entries: [] };
    candidate.places.push(place);
    byHeld.set(key, candidate);
  }
  for (const entry of entries) if (entry.mean !== null) byHeld.get(canonical(entry.held))?.entries.push(entry);
  const asked = Object.entries(question.held ?? {});
  return [...byHeld.values()].filter(({ held }) => asked.every(([name, label]) => held[name] === label)).sort(fullestThenLowest);
}

const heldLabels = (held: Record<string, unknown>): Held =>
  Object.fromEntries(parameterNames.filter((name) => held[name] !== undefined).map((name) => [name, labelOf(name, held[name])]));

const meanOf = ({ entries }: Candidate): number => entries.reduce((sum, { mean }) => sum + (mean ?? 0), 0) / entries.length;
const fullestThenLowest = (a: Candidate, b: Candidate): number => b.entries.length - a.entries.length || meanOf(a) - meanOf(b) || 0;

function tableOf({ held, places, entries }: Candidate, { sweepId, name, metric }: AblationQuestion): AblationTable {
  const { row, column } = ablations[name];
  const [rowValues, columnValues] = [distinct(places.map((place) => place.row)), distinct(places.map((place) => place.column))];
  const shown = rowValues.map((r) => columnValues.map((c) => entries.find((entry) => same(entry.row, r) && same(entry.column, c)) ?? null));
  const counts = distinct(shown.flat().flatMap((entry) => entry?.n ?? []));
  return {
    name, sweepId, metric, held, rowAxis: row.title, columnAxis: column.title,
    rows: rowValues.map((value) => labelOf(row.key, value)),
    columns: columnValues.map((value) => labelOf(column.key, value)),
    cells: shown.map((line) => line.map((entry) => entry && estimateOf(entry))),
    n: counts.length === 1 ? (counts[0] ?? null) : null,
    evaluators: distinct(shown.flat().flatMap((entry) => entry?.evaluator ?? [])),
    floor: shown.flat().find((entry) => entry?.floor != null)?.floor ?? null,
  };
}

const estimateOf = ({ mean, spread, min, trials }: Entry): Estimate | null => (mean === null || min === null ? null : { mean, spread, min, count: trials });

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const distinct = <T>(values: readonly T[]): T[] => [...new Map(values.map((value) => [canonical(value), value])).values()];
