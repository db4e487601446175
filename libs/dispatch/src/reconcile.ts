import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import type { Store } from '@elucidate/store/store';
import { recordWorkerEvent } from './events.js';
import { defaultMaxAttempts, type FailOptions } from './fail.js';
import type { Queue, QueueJob } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { rows, run, transition } from './sql.js';

export interface ReconcileOptions extends FailOptions {
  /** A ready stage is queued again once it has been ready this long; jobs for more recent ones are still on their way. */
  minAgeMs?: number;
  /** Time without a heartbeat after which a worker counts as gone. */
  goneAfterMs?: number;
  /** What was changed this long ago and not settled was cut off. */
  cutOffAfterMs?: number;
  /** If nobody has made a pass for so long, the whole installation stood still: leases that expired meanwhile cost no attempt. */
  asleepMs?: number;
}

export interface Reconciled {
  /** Leases that had expired. */
  expired: number;
  queued: number;
  /** Workers alive: with n of them, each need only run every n-th pass. */
  activeWorkers: number;
}

/** Default of `asleepMs`. */
export const asleepMs = 30_000;

/** What one pass does at most, of each kind of work; the next pass goes on. */
const mostAtOnce = { expired: 500, unsettled: 500, steps: 20, queued: 2000 } as const;

type Passing = Required<Pick<ReconcileOptions, 'minAgeMs' | 'goneAfterMs' | 'cutOffAfterMs' | 'asleepMs'>> & FailOptions;

/** One pass that makes the queue and the states agree with Postgres. Any number of workers may run it at any time. */
export async function reconcile(store: Pick<Store, 'db'>, queue: Queue, options: ReconcileOptions = {}): Promise<Reconciled> {
  const passing = { minAgeMs: 2000, goneAfterMs: 60_000, cutOffAfterMs: 5000, asleepMs, ...options };
  let found = await look(store, passing);
  // those who wake up too extend their leases first
  const { woke } = found;
  if (found.ahead > 0) {
    await run(store.db, 'select bound_times()');
    found = await look(store, passing);
  }
  const { expired, jobs: again } = found.expired > 0 && !woke ? await expireLeases(store, passing) : nothingExpired;
  const jobs = found.unsettled > 0 ? [...again, ...(await settleStages(store, passing))] : again;
  await queue.add(jobs);
  for (const sweepId of found.sweeps) await settleSweep(store, queue, sweepId, mostAtOnce.steps);
  if (found.silent > 0) await markGone(store, passing);
  const queued = await refill(store, queue, found.ready, passing);
  return { expired, queued: jobs.length + queued, activeWorkers: Math.max(1, found.active) };
}

interface Found {
  /** Nobody had made a pass for long. */
  woke: boolean;
  expired: number;
  /** Times that lie further ahead than they can: the database's clock was set back. */
  ahead: number;
  /** Changes of stages whose consequences nobody has drawn. */
  unsettled: number;
  /** Sweeps whose stages nobody brings into line. */
  sweeps: string[];
  /** Ready stages by kind; counted up to what a pass would queue. */
  ready: Partial<Record<StageKind, number>>;
  silent: number;
  active: number;
}

/** The only statement of an idle pass. Each part is a short range of an index. */
async function look({ db }: Pick<Store, 'db'>, { goneAfterMs, minAgeMs, cutOffAfterMs, asleepMs }: Passing): Promise<Found> {
  const [found] = await rows<Found>(db, `
    select pass($6) as woke,
      (select count(*)::int from stages where state = 'running' and lease_expires_at < clock_timestamp()) as expired,
      (select count(*)::int from stages where state = 'running' and lease_expires_at > clock_timestamp() + lease_ms * interval '1 ms')
        + (select count(*)::int from unnest($5::text[]) as k(kind) where exists (select from stages s where s.state = 'ready' and s.kind = k.kind and ready_at > clock_timestamp()))
        + (select count(*)::int from unsettled_stages where at > clock_timestamp()) + (select count(*)::int from unsettled_sweeps where at > clock_timestamp())
        + count(*) filter (where seen_at > clock_timestamp() + interval '1 s')::int as ahead,
      (select count(*)::int from (select from unsettled_stages where at < clock_timestamp() - $3 * interval '1 ms' limit 1) u) as unsettled,
      array(select sweep_id from unsettled_sweeps where at < clock_timestamp() - $3 * interval '1 ms' order by at limit 10) as sweeps,
      (select coalesce(jsonb_object_agg(kind, n), '{}') from (select kind, count(*) as n from claimable_stages($5, $4, $2) group by kind) counted) as ready,
      count(*) filter (where seen_at < clock_timestamp() - $1 * interval '1 ms')::int as silent,
      count(*) filter (where seen_at >= clock_timestamp() - $1 * interval '1 ms')::int as active
    from workers where state <> 'gone'`, [goneAfterMs, minAgeMs, cutOffAfterMs, mostAtOnce.queued, stageKinds, asleepMs]);
  return found ?? { woke: false, expired: 0, ahead: 0, unsettled: 0, sweeps: [], ready: {}, silent: 0, active: 0 };
}

interface Expired {
  expired: number;
  /** Jobs of the stages to retry: they have already waited for a whole lease, so they are queued immediately. */
  jobs: readonly QueueJob[];
}

const nothingExpired: Expired = { expired: 0, jobs: [] };

async function expireLeases({ db }: Pick<Store, 'db'>, { maxAttempts = defaultMaxAttempts }: Passing): Promise<Expired> {
  const [answer] = await transition<{ outcome: Expired }>(db, 'call expire_leases($1, $2, null)', [mostAtOnce.expired, maxAttempts]);
  return answer?.outcome ?? nothingExpired;
}

/** Draws the consequences of changes whose author was cut off before. */
const settleStages = ({ db }: Pick<Store, 'db'>, { cutOffAfterMs }: Passing): Promise<QueueJob[]> =>
  transition<QueueJob>(db, 'select * from settle_left($1, $2)', [cutOffAfterMs, mostAtOnce.unsettled]);

/** A worker that comes back registers itself again. */
async function markGone({ db }: Pick<Store, 'db'>, { goneAfterMs }: Passing): Promise<void> {
  const gone = await rows<{ id: string }>(db, `
    with gone as (
      update workers set state = 'gone' where state <> 'gone' and seen_at < clock_timestamp() - $1 * interval '1 ms' returning id)
    select id from gone`, [goneAfterMs]);
  for (const { id } of gone) await recordWorkerEvent(db, 'worker.gone', { workerId: id });
}

/**
 * Looks, where the queue holds fewer jobs of a kind than can be claimed or than a pass would bring, at stages that can be claimed, and queues those that it does
 * not have: those are enough until the next pass. A fleet that is busy always has a few jobs in its hands. Of which sweep they are does not matter, as the
 * claim chooses.
 */
async function refill({ db }: Pick<Store, 'db'>, queue: Queue, ready: Found['ready'], { minAgeMs }: Passing): Promise<number> {
  if (Object.keys(ready).length === 0) return 0;
  const depth = await queue.depth();
  const short = stageKinds.filter((kind) => depth[kind] < (ready[kind] ?? 0));
  if (short.length === 0) return 0;
  const claimable = await rows<QueueJob>(db, `
    select s.id as "stageId", s.kind, s.token::int, 0 as position from claimable_stages($1, $3, $2) c join stages s on s.id = c.stage_id`, [short, minAgeMs, mostAtOnce.queued]);
  const lacking = await queue.lacking(claimable);
  if (lacking.length === 0) return 0;
  const jobs = await rows<QueueJob>(db, 'select * from jobs_of($1)', [lacking.map(({ stageId }) => stageId)]);
  await queue.add(jobs);
  return jobs.length;
}
