import type { Plan } from '@elucidate/experiment/plan';

/** Of a plan what the database keeps. */
export type PlanRows = Pick<Plan, 'cells' | 'trials' | 'stages'>;

export type PlanTable = 'cells' | 'stages' | 'trials';

/** Some rows of one table, a JSON list of records: what a statement of insert-plan takes. */
export interface PlanChunk {
  table: PlanTable;
  rows: string;
}

/** About a megabyte each: passed on without a pause that anybody would notice. */
const chunkLength: Readonly<Record<PlanTable, number>> = { cells: 500, stages: 1000, trials: 1500 };

function* chunksOf<T>(table: PlanTable, members: readonly T[], rowOf: (member: T, position: number) => unknown): Generator<PlanChunk> {
  const length = chunkLength[table];
  for (let from = 0; from < members.length; from += length) {
    yield { table, rows: JSON.stringify(members.slice(from, from + length).map((member, index) => rowOf(member, from + index))) };
  }
}

/** A plan's rows, chunk by chunk, those that others refer to first. */
export function* planChunks({ cells, stages, trials }: PlanRows): Generator<PlanChunk> {
  yield* chunksOf('cells', cells, (cell) => cell);
  yield* chunksOf('stages', stages, (stage, position) => ({ ...stage, position }));
  yield* chunksOf('trials', trials, (trial) => trial);
}
