import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageKind } from '@elucidate/experiment/stages';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import type { Queue, QueueJob } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { sweepChanged } from './sweep-changed.js';
import { jsonText, rows, transition, type Sql } from './sql.js';

/** Kinds that all cells of a sweep need: one of them that runs says of no cell that it does. */
const commonKinds: readonly StageKind[] = ['extractor', 'reference'];

/** Calls a function of the database that steers a running sweep and answers with the state it had. Throws 'not_found', 'sweep.ended'. */
export async function steered({ db }: Pick<Store, 'db'>, sweepId: string, { call, values, verb }: { call: string; values: readonly unknown[]; verb: string }): Promise<void> {
  const [sweep] = await transition<{ state: string | null }>(db, `select ${call} as state`, [sweepId, ...values]);
  if (sweep?.state == null) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
  const remedy = sweep.state === 'done' ? '' : `. \`elucidate retry ${sweepId}\` starts again what failed or was cancelled`;
  if (sweep.state !== 'running') throw new ElucidateError('sweep.ended', `Sweep ${sweepId} has ended (${sweep.state}); there is nothing to ${verb}${remedy}`);
}

/** From now on no stage of a running sweep is claimed that no other one needs; those that run end. Throws 'not_found', 'sweep.ended'. */
export const pauseSweep = (store: Pick<Store, 'db'>, sweepId: string, principal: Principal): Promise<void> =>
  steered(store, sweepId, { call: 'pause_sweep($1, $2)', values: [principal.id], verb: 'pause' });

/** Lets a paused sweep go on. Throws 'not_found', 'sweep.ended'. */
export async function resumeSweep(store: Pick<Store, 'db'>, queue: Queue, sweepId: string, principal: Principal): Promise<void> {
  await steered(store, sweepId, { call: 'resume_sweep($1, $2)', values: [principal.id], verb: 'resume' });
  // what is not queued now, the reconciler brings
  await queueReady(store.db, queue, sweepId).catch(() => undefined);
}

/** Lets a running sweep end with the cells that run now, as cancelled: the rest is cancelled once they have ended. A pause ends. Throws 'not_found', 'sweep.ended'. */
export async function stopSweep(store: Pick<Store, 'db'>, sweepId: string, principal: Principal): Promise<void> {
  await steered(store, sweepId, { call: 'stop_sweep($1, $2, $3)', values: [principal.id, commonKinds], verb: 'stop' });
  await settleSweep(store, null, sweepId);
}

/** A sweep's place among others. */
export interface Precedence {
  /** Among its owner's sweeps; higher goes first. */
  priority?: number;
  /** Its share, relative to those of its owner's sweeps of the same priority; more than 0. */
  weight?: number;
  /** Stages that run at once, at most; null: no limit. */
  concurrency?: number | null;
}

interface Prioritising {
  sweepId: string;
  principal: Principal;
  precedence: Precedence;
  /** The version that the sweep must have; any, if absent. */
  version?: number;
}

/** Changes a sweep's place among others; stages that run go on. Throws 'not_found', 'sweep.changed'. */
export async function prioritiseSweep({ db }: Pick<Store, 'db'>, { sweepId, principal, precedence, version }: Prioritising): Promise<void> {
  const [sweep] = await transition<{ had: number | null }>(db, 'select prioritise_sweep($1, $2, $3, $4) as had', [sweepId, principal.id, jsonText(precedence), version ?? null]);
  if (sweep?.had == null) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
  if (version !== undefined && sweep.had !== version) throw sweepChanged(sweepId, { seen: version, current: sweep.had });
}

/** Queues all ready stages of a sweep, a thousand at a time. */
async function queueReady(db: Sql, queue: Queue, sweepId: string): Promise<void> {
  for (let from = 0; ;) {
    const [page] = await rows<{ next: number | null; jobs: QueueJob[] }>(db, `
      with part as (select stage_id, position from sweep_stages where sweep_id = $1 and position >= $2 order by position limit 1000)
      select max(position) + 1 as next, (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of((select array_agg(stage_id) from part)) j) as jobs from part`, [sweepId, from]);
    if (page?.next == null) return;
    await queue.add(page.jobs);
    from = page.next;
  }
}
