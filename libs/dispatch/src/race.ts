import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { afterLook } from '@elucidate/experiment/race';
import type { Principal } from '@elucidate/store/principal';
import { raceCells } from '@elucidate/store/queries/race-cells';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import type { Store } from '@elucidate/store/store';
import { apart } from './apart.js';
import { editSweep } from './edit.js';
import type { Queue } from './queue.js';
import { rows, run, transition } from './sql.js';
import { plannedSweep } from './submit.js';

/** On whose behalf the edits are made that follow from a look. */
const race: Principal = { id: 'race', scope: 'admin' };

/** Takes the looks that are due at races; returns how many it took. Throws what went wrong with any of them once all have had their turn. */
export async function lookAtRaces(store: Store, queue: Queue): Promise<number> {
  // in any order: a look that cannot be taken yet, or that fails, keeps no other from being taken
  const due = await rows<{ id: string; version: number }>(store.db, `
    select d.sweep_id as id, d.version from looks_due d join sweeps w on w.id = d.sweep_id where w.state = 'running' and w.stopped_at is null order by random() limit 5`);
  const { attempt, troubles } = apart();
  let taken = 0;
  for (const one of due) taken += Number(await attempt(`the look at race ${one.id}`, () => lookAt(store, queue, one), false));
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  return taken;
}

/**
 * One look at a race: with all stages done, decides which cells are stopped and gives the others their next seed, by an edit of the version that was looked at. Of several that look
 * at once, one makes the edit. Cut off before it, or while the scores are not all in the estimates yet, the look is still due; cut off after it, the next end of the sweep's stages makes another due.
 */
export async function lookAt(store: Store, queue: Queue, { id: sweepId, version }: { id: string; version: number }): Promise<boolean> {
  const { db } = store;
  const stored = await getSpec(db, sweepId);
  if (stored === null) return false;
  const { spec } = stored;
  const over = spec.race === undefined || spec.race.over;
  if (!over && (await isOpen(db, sweepId))) return false;
  if (!over) {
    const found = await raceCells(db, sweepId, spec);
    if (found === null) return false;
    const { metric, among, racers } = found;
    const next = parseSpec(afterLook(spec, racers, { metric: metric ?? 'fid', among }));
    try {
      await editSweep(store, queue, plannedSweep(next, planSweep(next)), { sweepId, principal: race, version: stored.version, onlyRunning: true });
    } catch (error) {
      if (error instanceof ElucidateError && error.code === 'sweep.changed') return false;
      throw error;
    }
  }
  await run(db, 'delete from looks_due where sweep_id = $1 and version <= $2', [sweepId, Math.min(version, stored.version)]);
  // a race that is over, with nothing left to run, ends its sweep
  await transition(db, 'select watch_sweep($1)', [sweepId]);
  return !over;
}

async function isOpen(db: Store['db'], sweepId: string): Promise<boolean> {
  const [found] = await rows<{ open: boolean }>(db, `
    select exists (select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.state in ('waiting', 'ready', 'running')) or exists (select from unsettled_sweeps where sweep_id = $1) as open`, [sweepId]);
  return found!.open;
}
