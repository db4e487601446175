import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { silence } from '@elucidate/store/live-worker';
import type { Store } from '@elucidate/store/store';
import { apart } from './apart.js';
import { holdToBudget } from './budget.js';
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
  /** What of the pass went wrong, each with its sweep; the rest of it was done. */
  troubles: readonly string[];
}

/** Default of `asleepMs`. */
export const asleepMs = 30_000;

/** What one pass does at most, of each kind of work; the next pass goes on. */
const mostAtOnce = { expired: 500, unsettled: 500, steps: 20, queued: 2000, budgets: 10 } as const;

type Passing = Required<Pick<ReconcileOptions, 'minAgeMs' | 'goneAfterMs' | 'cutOffAfterMs' | 'asleepMs'>> & FailOptions;

/**
 * One pass that makes the queue and the states agree with Postgres. Any number of workers may run it at any time. What fails for one sweep keeps no other
 * from its turn, and nor does a queue that takes no jobs; that, and a lost connection to the database, is thrown.
 */
export async function reconcile(store: Pick<Store, 'db'>, queue: Queue, options: ReconcileOptions = {}): Promise<Reconciled> {
  const passing = { minAgeMs: 2000, goneAfterMs: 1000 * silence.gone, cutOffAfterMs: 5000, asleepMs, ...options };
  let found = await look(store, passing);
  // those who wake up too extend their leases first
  const { woke } = found;
  if (found.ahead > 0) {
    await run(store.db, 'select bound_times()');
    found = await look(store, passing);
  }
  const { attempt, troubles } = apart();
  const { expired, jobs: again } = found.expired > 0 && !woke ? await attempt('leases that expired', () => expireLeases(store, { ...passing, lookedAt: found.at }), nothingExpired) : nothingExpired;
  const left = found.unsettled > 0 ? await attempt('changes of stages', () => settleStages(store, passing), []) : [];
  const jobs = [...again, ...left];
  // jobs that the queue does not take are ready stages of a later pass
  const added = await queue.add(jobs).then(() => undefined, (error: unknown) => error);
  for (const sweepId of found.sweeps) await attempt(`stages of sweep ${sweepId}`, () => settleSweep(store, queue, sweepId, mostAtOnce.steps), undefined);
  for (const sweepId of found.budgets) await attempt(`the budget of sweep ${sweepId}`, () => holdToBudget(store, sweepId), null);
  if (found.silent > 0) await attempt('silent workers', () => markGone(store, passing), undefined);
  if (added !== undefined) throw added;
  const queued = await refill(store, queue, found.ready, passing);
  return { expired, queued: jobs.length + queued, activeWorkers: Math.max(1, found.active), troubles };
}

interface Found {
  /** Nobody had made a pass for long. */
  woke: boolean;
  /** When this was found, by the database's clock. */
  at: string;
  expired: number;
  /** Times that lie further ahead than they can: the database's clock was set back. */
  ahead: number;
  /** Changes of stages whose consequences nobody has drawn. */
  unsettled: number;
  /** Sweeps whose stages nobody brings into line: some of them, so that those which cannot be settled do not keep the others from it. */
  sweeps: string[];
  /** Running sweeps whose budget is to be looked at. */
  budgets: string[];
  /** Ready stages by kind; counted up to what a pass would queue. */
  ready: Partial<Record<StageKind, number>>;
  silent: number;
  active: number;
}

/** The only statement of an idle pass. Each part is a short range of an index. */
async function look({ db }: Pick<Store, 'db'>, { goneAfterMs, minAgeMs, cutOffAfterMs, asleepMs }: Passing): Promise<Found> {
  const [found] = await rows<Found>(db, `
    select pass($6) as woke, clock_timestamp()::text as at,
      (select count(*)::int from stages where state = 'running' and lease_expires_at < clock_timestamp()) as expired,
      (select count(*)::int from stages where state = 'running' and lease_expires_at > clock_timestamp() + lease_ms * interval '1 ms')
        + (select count(*)::int from unnest($5::text[]) as k(kind) where exists (select from stages s where s.state = 'ready' and s.kind = k.kind and ready_at > clock_timestamp()))
        + (select count(*)::int from unsettled_stages where at > clock_timestamp()) + (select count(*)::int from unsettled_sweeps where at > clock_timestamp())
        + count(*) filter (where seen_at > clock_timestamp() + interval '1 s')::int as ahead,
      (select count(*)::int from (select from unsettled_stages where at < clock_timestamp() - $3 * interval '1 ms' limit 1) u) as unsettled,
      array(select sweep_id from unsettled_sweeps where at < clock_timestamp() - $3 * interval '1 ms' order by random() limit 10) as sweeps,
      array(select budgets_due($7)) as budgets,
      (select coalesce(jsonb_object_agg(kind, n), '{}') from (select kind, count(*) as n from claimable_stages($5, $4, $2) group by kind) counted) as ready,
      count(*) filter (where seen_at < clock_timestamp() - $1 * interval '1 ms')::int as silent,
      count(*) filter (where seen_at >= clock_timestamp() - $1 * interval '1 ms')::int as active
    from workers where state <> 'gone'`, [goneAfterMs, minAgeMs, cutOffAfterMs, mostAtOnce.queued, stageKinds, asleepMs, mostAtOnce.budgets]);
  return found ?? { woke: false, at: '-infinity', expired: 0, ahead: 0, unsettled: 0, sweeps: [], budgets: [], ready: {}, silent: 0, active: 0 };
}

interface Expired {
  expired: number;
  /** Jobs of the stages to retry: they have already waited for a whole lease, so they are queued immediately. */
  jobs: readonly QueueJob[];
}

const nothingExpired: Expired = { expired: 0, jobs: [] };

/** Ends the attempts whose leases had expired when this pass looked: if everything stood still in between, a later pass is to find that out. */
async function expireLeases({ db }: Pick<Store, 'db'>, { maxAttempts = defaultMaxAttempts, lookedAt }: Passing & { lookedAt: string }): Promise<Expired> {
  const [answer] = await transition<{ outcome: Expired }>(db, 'call expire_leases($1, $2, $3, null)', [mostAtOnce.expired, maxAttempts, lookedAt]);
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
