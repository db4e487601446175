import type { Store } from '@elucidate/store/store';
import type { Queue, QueueJob } from './queue.js';
import { transition } from './sql.js';

/** Stages looked at in one call: a few tens of milliseconds. */
const stagesAtATime = 1000;

interface Step {
  more: boolean;
  jobs: QueueJob[];
  cancelled: number;
}

/** Cancels stages that were dropped from a sweep and that nobody needs; returns how many. */
async function cancelDropped(db: Store['db'], sweepId: string): Promise<number> {
  for (let cancelled = 0; ;) {
    const [answer] = await transition<{ outcome: Pick<Step, 'more' | 'cancelled'> }>(db, 'call cancel_dropped($1, $2, null)', [sweepId, stagesAtATime]);
    cancelled += answer?.outcome.cancelled ?? 0;
    if (answer?.outcome.more !== true) return cancelled;
  }
}

/**
 * Brings the stages of a sweep that was submitted, edited, retried or cancelled into line, and queues those that became ready; returns how many it cancelled.
 * If this is cut off, the reconciler goes on with it. Jobs that the queue does not take are brought by the reconciler too.
 */
export async function settleSweep({ db }: Pick<Store, 'db'>, queue: Queue | null, sweepId: string, mostSteps = Infinity): Promise<{ cancelled: number }> {
  let cancelled = await cancelDropped(db, sweepId);
  for (let step = 0; step < mostSteps; step++) {
    const [answer] = await transition<{ outcome: Step }>(db, 'call settle_sweep($1, $2, null)', [sweepId, stagesAtATime]);
    if (answer === undefined) break;
    cancelled += answer.outcome.cancelled;
    if (queue !== null) await queue.add(answer.outcome.jobs).catch(() => undefined);
    if (!answer.outcome.more) break;
  }
  return { cancelled };
}
