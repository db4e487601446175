import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import type { Store } from '@elucidate/store/store';
import { recordWorkerEvent } from './events.js';
import { countAttempt, type FailOptions } from './fail.js';
import type { Lease } from './lease.js';
import type { Queue, QueueJob } from './queue.js';
import { dueJobs, endSweeps, readyFollowers, readyJobs } from './readiness.js';
import { inGraph, rows } from './sql.js';

export interface ReconcileOptions extends FailOptions {
  /** Also look for waiting stages and running sweeps left behind by a lost write: two scans instead of one indexed lookup. */
  deep?: boolean;
  /** A ready stage is queued again once it has been ready this long; jobs for more recent ones are still on their way. */
  minAgeMs?: number;
  /** Time without a heartbeat after which a worker counts as gone. */
  goneAfterMs?: number;
}

export interface Reconciled {
  /** Leases that had expired. */
  expired: number;
  queued: number;
  /** Workers alive: with n of them, each need only run every n-th pass. */
  activeWorkers: number;
}

/** Jobs put into the queue in one pass; the next pass brings more. */
const refillLimit = 2000;
/** Spells "reco": a lock held for one pass, so that passes of several workers do not overlap. */
const passLock = 0x7265636f;

/** One pass that makes the queue and the states agree with Postgres. Any number of workers may run it at any time. */
export async function reconcile(store: Pick<Store, 'db'>, queue: Queue, options: ReconcileOptions = {}): Promise<Reconciled> {
  const state = await look(store, options);
  const { expired, jobs } = state.expired > 0 ? await expireLeases(store, options) : nothingExpired;
  await queue.add(jobs);
  if (state.silent > 0) await markGone(store, options);
  if (options.deep) await heal(store);
  const queued = await refill(store, queue, state.ready, options);
  return { expired, queued: jobs.length + queued, activeWorkers: Math.max(1, state.active) };
}

interface State {
  expired: number;
  /** Ready stages by kind. */
  ready: Partial<Record<StageKind, number>>;
  silent: number;
  active: number;
}

/** The only query of an idle pass. */
async function look({ db }: Pick<Store, 'db'>, { goneAfterMs = 60_000, minAgeMs = 2000 }: ReconcileOptions): Promise<State> {
  const [state] = await rows<State>(db, `
    select (select count(*)::int from stages where state = 'running' and lease_expires_at < clock_timestamp()) as expired,
      (select coalesce(jsonb_object_agg(kind, n), '{}') from (
        select kind, count(*) as n from stages
        where state = 'ready' and greatest(ready_at + $2 * interval '1 ms', coalesce(not_before, '-infinity')) <= clock_timestamp() group by kind) r) as ready,
      count(*) filter (where seen_at < clock_timestamp() - $1 * interval '1 ms')::int as silent,
      count(*) filter (where seen_at >= clock_timestamp() - $1 * interval '1 ms')::int as active
    from workers where state in ('active', 'stopping')`, [goneAfterMs, minAgeMs]);
  return state ?? { expired: 0, ready: {}, silent: 0, active: 0 };
}

interface Expired {
  expired: number;
  /** Jobs of the stages to retry: they have already waited for a whole lease, so they are queued immediately. */
  jobs: QueueJob[];
}

const nothingExpired: Expired = { expired: 0, jobs: [] };

const expireLeases = ({ db }: Pick<Store, 'db'>, options: ReconcileOptions): Promise<Expired> =>
  inGraph(db, async (tx) => {
    const expired = await rows<Lease & { workerId: string }>(tx, `
      select id as "stageId", token::int, worker_id as "workerId" from stages where state = 'running' and lease_expires_at < clock_timestamp()`);
    for (const { workerId, ...lease } of expired) {
      const error = new ElucidateError('stage.lease_expired', `Worker ${workerId} stopped answering while it ran the stage`, { details: { workerId } });
      await countAttempt(tx, lease, { outcome: 'expired', error, ...options });
    }
    return { expired: expired.length, jobs: await readyJobs(tx, expired.map(({ stageId }) => stageId)) };
  });

/** A worker that comes back registers itself again. */
async function markGone({ db }: Pick<Store, 'db'>, { goneAfterMs = 60_000 }: ReconcileOptions): Promise<void> {
  const gone = await rows<{ id: string }>(db, `
    with gone as (
      update workers set state = 'gone' where state in ('active', 'stopping') and seen_at < clock_timestamp() - $1 * interval '1 ms' returning id)
    select id from gone`, [goneAfterMs]);
  for (const { id } of gone) await recordWorkerEvent(db, 'worker.gone', { workerId: id });
}

const heal = ({ db }: Pick<Store, 'db'>): Promise<void> =>
  inGraph(db, async (tx) => {
    await readyFollowers(tx, null);
    await endSweeps(tx, null);
  });

/** Queues ready stages of each kind for which the queue holds fewer jobs than there are ready stages. */
async function refill({ db }: Pick<Store, 'db'>, queue: Queue, ready: State['ready'], { minAgeMs = 2000 }: ReconcileOptions): Promise<number> {
  if (Object.keys(ready).length === 0) return 0;
  const depth = await queue.depth();
  const short = stageKinds.filter((kind) => depth[kind] < (ready[kind] ?? 0));
  if (short.length === 0) return 0;
  return db.transaction(async (tx) => {
    const [{ mine } = { mine: false }] = await rows<{ mine: boolean }>(tx, 'select pg_try_advisory_xact_lock($1) as mine', [passLock]);
    if (!mine) return 0;
    const jobs: QueueJob[] = await dueJobs(tx, { kinds: short, minAgeMs, limit: refillLimit });
    await queue.add(jobs);
    return jobs.length;
  });
}
