import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { plannedSweep, submitPlan, type Submission } from '@elucidate/dispatch/submit';
import type { Queue } from '@elucidate/dispatch/queue';
import { localPrincipal } from '@elucidate/store/principal';
import { summarise } from '@elucidate/store/queries/summaries';
import type { Store } from '@elucidate/store/store';
import { samplingGrid } from '../large-sweeps.js';

interface Grid {
  /** A multiple of 1000, over 100 training runs. */
  cells: number;
  /** The first step count. */
  from?: number;
  /** Those of another seed share the training runs only. */
  sampleSeed?: number;
}

const planOf = ({ cells, from = 2, sampleSeed = 1 }: Grid) => {
  const spec = parseSpec({ name: `${cells} cells`, dataset: { name: 'fashion-mnist' }, parameters: samplingGrid(cells / 1000, from), seeds: { sample: [sampleSeed] } });
  return plannedSweep(spec, planSweep(spec));
};

export const submitGrid = (store: Store, queue: Queue, grid: Grid): Promise<Submission> => submitPlan(store, queue, planOf(grid), { principal: localPrincipal });

/** $1: a sweep, $2: kinds, $3: how many of each, in the order of the plan. */
const completeStages = `
  with next as (
    select id, kind from (
      select s.id, s.kind, row_number() over (partition by s.kind order by ss.position) as place from sweep_stages ss join stages s on s.id = ss.stage_id
      where ss.sweep_id = $1 and s.kind = any($2)) placed
    where place <= $3),
  attempt as (
    insert into attempts (stage_id, token, worker_id, ended_at, outcome) select id, 1, 'bench', clock_timestamp(), 'done' from next),
  scored as (
    insert into metrics (stage_id, name, value, n, evaluator)
    select id, m.name, m.value, 64, repeat('e', 64) from next cross join (values ('fid', 20.0), ('fid_real', 1.5)) m(name, value) where kind = 'score')
  update stages set state = 'done', token = 1, started_at = clock_timestamp(), ended_at = clock_timestamp() where id in (select id from next)`;

const readyStages = `
  update stages s set state = 'ready', ready_at = clock_timestamp()
  where s.state = 'waiting' and not exists (select from stage_inputs i join stages d on d.id = i.input_id where i.stage_id = s.id and d.state <> 'done')`;

/** Writes a sweep's training runs as done, and the first of its cells, as if they had been run; all else that can run is ready. */
export async function bringForward(store: Store, sweepId: string, { cellsDone }: { cellsDone: number }): Promise<void> {
  await store.db.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = 0`);
    await tx.query(completeStages, [sweepId, ['extractor', 'reference', 'train'], 2 ** 31 - 1]);
    if (cellsDone > 0) await tx.query(completeStages, [sweepId, ['sample', 'embed', 'score'], cellsDone]);
    await tx.query(readyStages);
    await tx.query('delete from changed_stages');
    await tx.query('insert into changed_sweeps (sweep_id) values ($1)', [sweepId]);
  });
  while (await summarise(store.db));
  // what autovacuum would do sooner or later, in the middle of a measurement
  for (const statement of ['set statement_timeout = 0', 'vacuum (analyze)', 'checkpoint']) await store.db.query(statement);
}
