import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { recordSweepEvent } from './events.js';
import { inGraph, rows, type Sql } from './sql.js';

/** Stops a sweep. Unfinished stages that no other running sweep needs are cancelled, running ones at their next heartbeat; finished ones are kept. Throws 'not_found', 'sweep.ended'. */
export const cancelSweep = (store: Pick<Store, 'db'>, sweepId: string, principal: Principal): Promise<{ cancelled: number }> =>
  inGraph(store.db, async (tx) => {
    await requireRunning(tx, sweepId);
    const [result] = await rows<{ cancelled: number }>(tx, `
      with sweep as (update sweeps set state = 'cancelled', ended_at = clock_timestamp() where id = $1),
      cancelled as (
        update stages s set state = 'cancelled', ended_at = clock_timestamp(), lease_expires_at = null, progress = null
        from sweep_stages own
        where own.sweep_id = $1 and own.stage_id = s.id and s.state in ('waiting', 'ready', 'running')
          and not exists (
            select from sweep_stages other join sweeps w on w.id = other.sweep_id
            where other.stage_id = s.id and w.id <> $1 and w.state = 'running')
        returning s.id, s.token),
      attempt as (
        update attempts a set outcome = 'cancelled', ended_at = clock_timestamp()
        from cancelled c where a.stage_id = c.id and a.token = c.token and a.ended_at is null)
      select count(*)::int as cancelled from cancelled`, [sweepId]);
    await recordSweepEvent(tx, 'sweep.ended', sweepId, { state: 'cancelled', by: principal.id });
    return { cancelled: result?.cancelled ?? 0 };
  });

async function requireRunning(tx: Sql, sweepId: string): Promise<void> {
  const [sweep] = await rows<{ state: string }>(tx, 'select state from sweeps where id = $1', [sweepId]);
  if (sweep === undefined) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
  if (sweep.state !== 'running') throw new ElucidateError('sweep.ended', `Sweep ${sweepId} has ended (${sweep.state}); there is nothing to cancel`);
}
