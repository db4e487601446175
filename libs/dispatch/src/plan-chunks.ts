import type { Plan } from '@elucidate/experiment/plan';

/** The part of a plan that the database stores. */
export type PlanRows = Pick<Plan, 'cells' | 'trials' | 'stages'>;

export type PlanTable = 'cells' | 'stages' | 'trials';

/** Some rows of one table, as a JSON list of records: the parameter of a statement in insert-plan. */
export interface PlanChunk {
  table: PlanTable;
  rows: string;
}

/** Longest text of a chunk of several rows, characters: the event loop stands still while a chunk is received and sent. */
export const maxChunkText = 2 ** 18;

const listOf = (texts: readonly string[]): string => `[${texts.join(',')}]`;

/** A row that is longer than a chunk may be is a chunk of its own. */
function* chunksOf<T>(table: PlanTable, members: readonly T[], rowOf: (member: T, position: number) => unknown): Generator<PlanChunk> {
  let texts: string[] = [];
  let length = 1;
  for (const [position, member] of members.entries()) {
    const text = JSON.stringify(rowOf(member, position));
    if (texts.length > 0 && length + text.length + 1 > maxChunkText) {
      yield { table, rows: listOf(texts) };
      texts = [];
      length = 1;
    }
    texts.push(text);
    length += text.length + 1;
  }
  if (texts.length > 0) yield { table, rows: listOf(texts) };
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
  yield* alternately(chunksOf('cells', cells, (cell) => cell), chunksOf('stages', stages, (stage, position) => ({ ...stage, position })));
  yield* chunksOf('trials', trials, (trial) => trial);
}
