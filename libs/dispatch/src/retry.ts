import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { recordSweepEvent } from './events.js';
import type { Queue, QueueJob } from './queue.js';
import { endSweeps, readyFollowers, reviveStages } from './readiness.js';
import { inGraph, rows, run } from './sql.js';
import { stagesToRevive } from './stages-to-revive.js';

/** Restarts every stage of a sweep that failed permanently or was cancelled, and the stages that these read whose files are gone; the sweep runs again. Throws 'not_found'. */
export async function retryFailed(store: Store, queue: Queue, sweepId: string, principal: Principal): Promise<{ retried: number }> {
  const { retried, jobs } = await inGraph(store.db, async (tx): Promise<{ retried: number; jobs: QueueJob[] }> => {
    const [sweep] = await rows(tx, 'select id from sweeps where id = $1', [sweepId]);
    if (sweep === undefined) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
    const ids = await stagesToRevive(store, tx, sweepId);
    await reviveStages(tx, ids);
    await run(tx, `update sweeps set state = 'running', ended_at = null where id = $1 and state <> 'done'`, [sweepId]);
    if (ids.length > 0) await recordSweepEvent(tx, 'sweep.retried', sweepId, { stages: ids.length, by: principal.id });
    const jobs = await readyFollowers(tx, null);
    await endSweeps(tx, null);
    return { retried: ids.length, jobs };
  });
  await queue.add(jobs).catch(() => undefined);
  return { retried };
}
