import { randomBytes } from 'node:crypto';
import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Spec } from '@elucidate/experiment/spec';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { recordSweepEvent } from './events.js';
import { insertPlan } from './insert-plan.js';
import { planChunks, type PlanChunk, type PlanRows } from './plan-chunks.js';
import type { Queue, QueueJob } from './queue.js';
import { endSweepIfOver, readyFollowers, reviveStages } from './readiness.js';
import { inGraph, jsonText, rows, run, type Sql } from './sql.js';
import { stagesToRevive } from './stages-to-revive.js';

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

/**
 * Inserts a planned sweep in one transaction: existing stages are shared, failed ones restart, done ones stay done. Jobs are queued after the
 * commit; if that is lost, the reconciler queues them. Throws 'request.conflict' if the idempotency key belongs to another request.
 */
export async function submitPlan(store: Store, queue: Queue, planned: PlannedSweep, options: SubmitOptions): Promise<Submission> {
  const { submission, jobs } = await inGraph(store.db, (tx) => enter(store, tx, planned, options));
  await queue.add(jobs).catch(() => undefined);
  return submission;
}

interface Entered {
  submission: Submission;
  jobs: QueueJob[];
}

async function enter(store: Store, tx: Sql, { name, spec, specHash, chunks }: PlannedSweep, { principal, idempotencyKey }: SubmitOptions): Promise<Entered> {
  const earlier = idempotencyKey === undefined ? null : await sweepUnderKey(tx, principal, { key: idempotencyKey, specHash });
  if (earlier !== null) return { submission: { sweepId: earlier, created: false, ...(await sizeOf(tx, earlier)) }, jobs: [] };

  const sweepId = randomBytes(6).toString('hex');
  await run(tx, `insert into sweeps (id, name, owner, state, spec, spec_hash, idempotency_key) values ($1, $2, $3, 'running', $4, $5, $6)`, [sweepId, name, principal.id, spec, specHash, idempotencyKey ?? null]);
  const known = await insertPlan(tx, sweepId, chunks);
  if (known > 0) await revive(store, tx, sweepId);
  const submission = { sweepId, created: true, ...(await sizeOf(tx, sweepId)) };
  await recordSweepEvent(tx, 'sweep.submitted', sweepId, submission);
  const jobs = await readyFollowers(tx, null);
  if (known > 0) await endSweepIfOver(tx, sweepId);
  return { submission, jobs };
}

/** Stages of a new sweep that already existed and cannot be shared as they are. */
async function revive(store: Store, tx: Sql, sweepId: string): Promise<void> {
  const ids = await stagesToRevive(store, tx, sweepId);
  await reviveStages(tx, ids);
  await run(tx, 'update sweep_stages set reused = false where sweep_id = $1 and stage_id = any($2)', [sweepId, ids]);
}

async function sweepUnderKey(tx: Sql, { id: owner }: Principal, { key, specHash }: { key: string; specHash: string }): Promise<string | null> {
  const [sweep] = await rows<{ id: string; specHash: string }>(tx, 'select id, spec_hash as "specHash" from sweeps where owner = $1 and idempotency_key = $2', [owner, key]);
  if (sweep !== undefined && sweep.specHash !== specHash) {
    throw new ElucidateError('request.conflict', `Idempotency key ${JSON.stringify(key)} belongs to sweep ${sweep.id}, which was submitted with another spec; use a new key`);
  }
  return sweep?.id ?? null;
}

async function sizeOf(tx: Sql, sweepId: string): Promise<Pick<Submission, 'cells' | 'trials' | 'stages' | 'reused'>> {
  const [size] = await rows<Pick<Submission, 'cells' | 'trials' | 'stages' | 'reused'>>(tx, `
    select (select count(*)::int from cells where sweep_id = $1) as cells, (select count(*)::int from trials where sweep_id = $1) as trials,
      count(*)::int as stages, count(*) filter (where reused)::int as reused
    from sweep_stages where sweep_id = $1`, [sweepId]);
  return size ?? { cells: 0, trials: 0, stages: 0, reused: 0 };
}
