import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { enterStages } from './enter-stages.js';
import type { PlanChunk, PlanChunks, PlanTable } from './plan-chunks.js';
import { rows, run, type Sql } from './sql.js';
import { patienceMs } from './until-uncontested.js';

/** $1: the sweep, $2: rows as JSON. */
const insertCells = `
  insert into cells (sweep_id, id, position, config)
  select $1, id, position, config from jsonb_to_recordset($2) as cell(id text, position int, config jsonb)`;

/** $2: ids of stages, $3: position of the first. Notes those that are there and that nobody is deleting, and holds them until the sweep is there; returns how many it has noted. */
const noteStages = `
  with noted as (
    insert into sweep_stages (sweep_id, stage_id, position, reused)
    select $1, given.id, $3 + given.n - 1, held.done from unnest($2::text[]) with ordinality as given(id, n)
    cross join lateral (select s.state = 'done' as done from stages s where s.id = given.id for key share skip locked) held
    on conflict do nothing returning 1)
  select count(*)::int as noted from noted`;

/** Trials have their ids, in the order of the plan, before they are written, so that their stages need not be matched with them. */
const insertTrials = `
  with planned as materialized (
    select nextval('trials_id_seq') as id, trial.* from jsonb_to_recordset($2) as trial("cellId" text, "trainSeed" int, "sampleSeed" int, stages jsonb)),
  entered as (
    insert into trials (id, sweep_id, cell_id, train_seed, sample_seed) overriding system value
    select id, $1, "cellId", "trainSeed", "sampleSeed" from planned)
  insert into trial_stages (trial_id, role, stage_id)
  select id, role, stage_id from planned cross join jsonb_each_text(stages) as part(role, stage_id)`;

export interface InsertOptions {
  /** Writes stages, which belong to no sweep alone: each chunk is committed at once, so that nobody else's submission waits for the whole plan. */
  shared: Sql;
  /** The transaction that writes the sweep. */
  tx: Sql;
  sweepId: string;
}

/** Writes what belongs to the sweep; returns how many of the stages already existed. */
type WriteOwn = () => Promise<number>;

/** Stages that are deleted with another sweep after they were found are written again. */
async function insertStages({ shared, tx, sweepId }: InsertOptions, { rows: chunk, ids, position }: PlanChunks['stages']): Promise<WriteOwn> {
  const known = ids.length - (await enterStages(shared, chunk));
  return async () => {
    const deadline = performance.now() + patienceMs;
    for (let missing = ids.length; ; await enterStages(shared, chunk)) {
      const [note] = await rows<{ noted: number }>(tx, noteStages, [sweepId, ids, position]);
      missing -= note!.noted;
      if (missing === 0) return known;
      if (performance.now() > deadline) throw new ElucidateError('server.busy', 'Stages of this sweep are being deleted together with another sweep; submit it again in a minute');
      await sleep(20);
    }
  };
}

type Insert<T extends PlanTable> = (options: InsertOptions, chunk: PlanChunks[T]) => Promise<WriteOwn>;

/** Writes what all sweeps share of one table's chunk; what belongs to the sweep is left to the returned function. */
const inserters: { readonly [T in PlanTable]: Insert<T> } = {
  cells: async ({ tx, sweepId }, chunk) => () => run(tx, insertCells, [sweepId, chunk.rows]).then(() => 0),
  stages: insertStages,
  trials: async ({ tx, sweepId }, chunk) => () => run(tx, insertTrials, [sweepId, chunk.rows]).then(() => 0),
};

const insert = <T extends PlanTable>(options: InsertOptions, chunk: { table: T } & PlanChunks[T]): Promise<WriteOwn> => inserters[chunk.table](options, chunk);

/**
 * Writes a plan's rows as they arrive; returns how many of its stages already existed. The sweep's own rows are written in their order, on one connection,
 * while the next stages are written on another: at most two chunks are behind. Stages of a submission that is cut off stay behind, waiting, in no sweep.
 */
export async function insertPlan(options: InsertOptions, chunks: AsyncIterable<PlanChunk> | Iterable<PlanChunk>): Promise<number> {
  let [before, own] = [Promise.resolve(0), Promise.resolve(0)];
  try {
    for await (const chunk of chunks) {
      const write = await insert(options, chunk);
      await before;
      [before, own] = [own, own.then(async (known) => known + (await write()))];
      // thrown when it is waited for
      own.catch(() => undefined);
    }
  } finally {
    // nothing is written after a failure, and nothing of it remains under way
    await own.catch(() => undefined);
  }
  return own;
}
