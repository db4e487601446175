import type { Plan } from '@elucidate/experiment/plan';

/** The part of a plan that the database stores. */
export type PlanRows = Pick<Plan, 'cells' | 'trials' | 'stages'>;

/** Some rows of each table, as a JSON list of records: the parameter of a statement in insert-plan. */
export interface PlanChunks {
  cells: { rows: string };
  /** With their ids, in the order of the plan, and the position there of the first. */
  stages: { rows: string; ids: readonly string[]; position: number };
  trials: { rows: string };
}

export type PlanTable = keyof PlanChunks;
export type PlanChunk = { [T in PlanTable]: { table: T } & PlanChunks[T] }[PlanTable];

/** Longest text of a chunk of several rows, characters: the event loop stands still while a chunk is received and sent. */
export const maxChunkText = 2 ** 18;

const listOf = (texts: readonly string[]): string => `[${texts.join(',')}]`;

interface Some<T> {
  rows: string;
  members: readonly T[];
  /** Of the first of them. */
  position: number;
}

/** A row that is longer than a chunk may be is a chunk of its own. */
function* chunksOf<T>(members: readonly T[], rowOf: (member: T, position: number) => unknown): Generator<Some<T>> {
  let texts: string[] = [];
  let length = 1;
  const some = (end: number): Some<T> => ({ rows: listOf(texts), members: members.slice(end - texts.length, end), position: end - texts.length });
  for (const [position, member] of members.entries()) {
    const text = JSON.stringify(rowOf(member, position));
    if (texts.length > 0 && length + text.length + 1 > maxChunkText) {
      yield some(position);
      texts = [];
      length = 1;
    }
    texts.push(text);
    length += text.length + 1;
  }
  if (texts.length > 0) yield some(members.length);
}

/** Of each in turn, as long as there are any. */
function* alternately<T>(...sources: Generator<T>[]): Generator<T> {
  for (let open = sources; open.length > 0;) {
    const next = open.map((source) => ({ source, ...source.next() }));
    for (const { done, value } of next) if (!done) yield value;
    open = next.filter(({ done }) => !done).map(({ source }) => source);
  }
}

/** A plan's rows, chunk by chunk, referenced rows first. Cells and stages, which are written side by side, alternate. */
export function* planChunks({ cells, stages, trials }: PlanRows): Generator<PlanChunk> {
  yield* alternately<PlanChunk>(cellChunks(cells), stageChunks(stages));
  for (const { rows } of chunksOf(trials, (trial) => trial)) yield { table: 'trials', rows };
}

function* cellChunks(cells: PlanRows['cells']): Generator<PlanChunk> {
  for (const { rows } of chunksOf(cells, (cell) => cell)) yield { table: 'cells', rows };
}

function* stageChunks(stages: PlanRows['stages']): Generator<PlanChunk> {
  for (const { rows, members, position } of chunksOf(stages, (stage, at) => ({ ...stage, position: at }))) yield { table: 'stages', rows, ids: members.map(({ id }) => id), position };
}
