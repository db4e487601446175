import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@elucidate/e2e/eventually';
import { leaseS, type Fleet, type Worker } from './fleet.js';
import { childrenOf } from './processes.js';
import { oneOf } from './random.js';
import type { Attack } from './scenario.js';

/** Workers that are running a stage now, of any kind or of one. */
export async function busyWorkers({ database, workers }: Fleet, kind?: string): Promise<Worker[]> {
  const busy = await database.rows<{ pid: number }>(`select distinct w.pid from stages s join workers w on w.id = s.worker_id where s.state = 'running' and ($1::text is null or s.kind = $1)`, [kind ?? null]);
  return workers.filter(({ pid }) => busy.some((one) => one.pid === pid));
}

/** A worker that is running a stage, by chance one of several. */
export async function busyWorker({ fleet, random }: Attack, kind?: string): Promise<Worker> {
  const found = await eventually('a worker that runs a stage', async () => {
    const busy = await busyWorkers(fleet, kind);
    return busy.length > 0 && busy;
  }, 60_000);
  return oneOf(random, found);
}

/** The processes in which a worker computes. */
export const stageProcesses = (worker: Worker): Promise<number[]> =>
  eventually(`a stage process of worker ${worker.pid}`, async () => {
    const pids = await childrenOf(worker.pid);
    return pids.length > 0 && pids;
  }, 60_000);

/** Leaves a fault be for some leases, and longer if meanwhile nobody ends a stage, up to fifteen: on a busy machine a stage takes its time. */
export async function leaveFor(leases: number, { database }: Fleet): Promise<void> {
  const done = async (): Promise<number> => (await database.rows(`select from attempts where outcome = 'done'`)).length;
  const [before, began] = [await done(), Date.now()];
  await sleep(leases * leaseS * 1000);
  while ((await done()) === before && Date.now() - began < 15 * leaseS * 1000) await sleep(200);
}

/** Removes a worker from those that count as alive, and starts another one in its place. */
export async function replace(fleet: Fleet, worker: Worker): Promise<void> {
  fleet.workers.splice(fleet.workers.indexOf(worker), 1);
  await fleet.startWorker();
}
