import { randomBytes } from 'node:crypto';
import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Spec } from '@elucidate/experiment/spec';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { requireAllowedPrograms, writingPrograms } from './allowed-programs.js';
import { recordSweepEvent } from './events.js';
import { insertPlan } from './insert-plan.js';
import { planChunks, type PlanChunk, type PlanRows } from './plan-chunks.js';
import type { Lease } from './lease.js';
import { lostStages, restartLost } from './lost-stages.js';
import type { Queue } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { Slots } from './slots.js';
import { jsonText, rows, run, type Sql } from './sql.js';

export interface SubmitOptions {
  /** The sweep's owner. */
  principal: Principal;
  /** A second submission by the principal under the same key returns the first one's sweep. */
  idempotencyKey?: string;
}

export interface Submission {
  sweepId: string;
  /** false: an earlier submission under the same key created it. */
  created: boolean;
  cells: number;
  trials: number;
  stages: number;
  /** Stages that were already done. */
  reused: number;
}

/** A parsed and planned sweep: the parts that the database stores. */
export interface PlannedSweep {
  name: string;
  /** The spec, as JSON. */
  spec: string;
  /** What "the same sweep" means to an idempotency key: the spec's content id. */
  specHash: string;
  chunks: AsyncIterable<PlanChunk> | Iterable<PlanChunk>;
}

/** A plan in this process; it can be submitted any number of times. */
export const plannedSweep = (spec: Pick<Spec, 'name'>, plan: PlanRows): PlannedSweep =>
  ({ name: spec.name, spec: jsonText(spec), specHash: contentId(spec), chunks: { [Symbol.iterator]: () => planChunks(plan) } });

/** Submissions that a process writes at once: each takes two connections of the pool. */
const submitting = new WeakMap<Store['db'], Slots>();
const submissionsAtOnce = 2;

/**
 * Inserts a planned sweep: existing stages are shared, failed ones restart, done ones stay done. The sweep appears whole, in one transaction; its stages
 * become ready, and their jobs are queued, after that. If this is cut off, the reconciler goes on with it.
 * Throws 'request.conflict' if the idempotency key belongs to another request, and what `requireAllowedPrograms` throws.
 */
export async function submitPlan(store: Store, queue: Queue, planned: PlannedSweep, options: SubmitOptions): Promise<Submission> {
  await requireAllowedPrograms(store, planned.spec, options.principal);
  const { known, ...submission } = await inTurn(store.db, () => writingPrograms(store, planned.spec, () => enter(store, planned, options)));
  if (!submission.created) return submission;
  const lost = known > 0 ? await lostStages(store, submission.sweepId) : [];
  await restartLost(store, lost);
  await settleSweep(store, queue, submission.sweepId);
  return { ...submission, reused: submission.reused - (await notReused(store.db, submission.sweepId, lost)) };
}

async function inTurn<T>(db: Store['db'], work: () => Promise<T>): Promise<T> {
  const slots = submitting.get(db) ?? new Slots(submissionsAtOnce);
  submitting.set(db, slots);
  while (!slots.take()) await slots.whenFree();
  return work().finally(() => slots.release());
}

interface Entered extends Submission {
  /** Stages that existed. */
  known: number;
}

const enter = ({ db }: Store, { name, spec, specHash, chunks }: PlannedSweep, { principal, idempotencyKey }: SubmitOptions): Promise<Entered> =>
  db.transaction(async (tx) => {
    const [entered] = await rows<{ id: string }>(tx, `
      with entered as (
        insert into sweeps (id, name, owner, state, spec, spec_hash, idempotency_key, parameter_order)
        values ($1, $2, $3, 'running', $4::text::jsonb, $5, $6, array(select json_object_keys($4::text::json->'parameters')))
        on conflict (owner, idempotency_key) do nothing returning id)
      select id from entered`, [randomBytes(6).toString('hex'), name, principal.id, spec, specHash, idempotencyKey ?? null]);
    if (entered === undefined) {
      const sweepId = await sweepUnderKey(tx, principal, { key: idempotencyKey ?? '', specHash });
      return { sweepId, created: false, known: 0, ...(await sizeOf(tx, sweepId)) };
    }
    const sweepId = entered.id;
    await run(tx, 'insert into unsettled_sweeps (sweep_id) values ($1)', [sweepId]);
    const known = await insertPlan({ shared: db, tx, sweepId }, chunks);
    const submission = { sweepId, created: true, ...(await sizeOf(tx, sweepId)) };
    // stages that end from now on belong to this sweep: they do not start again
    await run(tx, 'update unsettled_sweeps set at = clock_timestamp(), restart_before = clock_timestamp() where sweep_id = $1', [sweepId]);
    await recordSweepEvent(tx, 'sweep.submitted', sweepId, submission);
    return { ...submission, known };
  });

/** Done stages of the sweep that run again after all; returns how many. */
export async function notReused(db: Store['db'], sweepId: string, lost: readonly Lease[]): Promise<number> {
  if (lost.length === 0) return 0;
  const [changed] = await rows<{ stages: number }>(db, `
    with changed as (update sweep_stages set reused = false where sweep_id = $1 and stage_id = any($2) and reused returning 1)
    select count(*)::int as stages from changed`, [sweepId, lost.map(({ stageId }) => stageId)]);
  return changed?.stages ?? 0;
}

/** Throws 'request.conflict' if the key belongs to another spec. */
async function sweepUnderKey(tx: Sql, { id: owner }: Principal, { key, specHash }: { key: string; specHash: string }): Promise<string> {
  const [sweep] = await rows<{ id: string; specHash: string }>(tx, 'select id, spec_hash as "specHash" from sweeps where owner = $1 and idempotency_key = $2', [owner, key]);
  if (sweep === undefined || sweep.specHash !== specHash) {
    throw new ElucidateError('request.conflict', `Idempotency key ${JSON.stringify(key)} belongs to sweep ${sweep?.id}, which was submitted with another spec; use a new key`);
  }
  return sweep.id;
}

async function sizeOf(tx: Sql, sweepId: string): Promise<Pick<Submission, 'cells' | 'trials' | 'stages' | 'reused'>> {
  const [size] = await rows<Pick<Submission, 'cells' | 'trials' | 'stages' | 'reused'>>(tx, `
    select (select count(*)::int from cells where sweep_id = $1) as cells, (select count(*)::int from trials where sweep_id = $1) as trials,
      count(*)::int as stages, count(*) filter (where reused)::int as reused
    from sweep_stages where sweep_id = $1`, [sweepId]);
  return size ?? { cells: 0, trials: 0, stages: 0, reused: 0 };
}
