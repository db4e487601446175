import type { Plan } from '@elucidate/experiment/plan';

/** The part of a plan that the database stores. */
export type PlanRows = Pick<Plan, 'cells' | 'trials' | 'stages'>;

export type PlanTable = 'cells' | 'stages' | 'trials';

/** Some rows of one table, as a JSON list of records: the parameter of a statement in insert-plan. */
export interface PlanChunk {
  table: PlanTable;
  rows: string;
}

/** About a megabyte each: small enough to pass on without a noticeable pause. */
const chunkLength: Readonly<Record<PlanTable, number>> = { cells: 500, stages: 1000, trials: 1500 };

function* chunksOf<T>(table: PlanTable, members: readonly T[], rowOf: (member: T, position: number) => unknown): Generator<PlanChunk> {
  const length = chunkLength[table];
  for (let from = 0; from < members.length; from += length) {
    yield { table, rows: JSON.stringify(members.slice(from, from + length).map((member, index) => rowOf(member, from + index))) };
  }
}

/** A plan's rows, chunk by chunk, referenced rows first. */
export function* planChunks({ cells, stages, trials }: PlanRows): Generator<PlanChunk> {
  yield* chunksOf('cells', cells, (cell) => cell);
  yield* chunksOf('stages', stages, (stage, position) => ({ ...stage, position }));
  yield* chunksOf('trials', trials, (trial) => trial);
}
