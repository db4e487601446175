import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { PeerTask, RunPeer } from '../peer-table.js';
import { collectTimes } from './clock.js';

async function runWith({ databaseUrl, jobs, slots }: PeerTask, batching: Partial<GraphileConfig.WorkerOptions>): Promise<number[]> {
  const times = collectTimes(jobs);
  const worker = { connectionString: databaseUrl, concurrentJobs: slots, maxPoolSize: slots + 1, logger: new Logger(() => () => undefined) };
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger: worker.logger });
  await utils.migrate();
  for (let from = 0; from < jobs; from += 10_000) {
    await utils.addJobs(Array.from({ length: Math.min(10_000, jobs - from) }, (_, index) => ({ identifier: 'job', payload: { index: from + index } })));
  }
  await utils.release();
  const runner = await run({ preset: { worker: { ...worker, ...batching } }, taskList: { job: async () => times.ran() }, noHandleSignals: true } as Parameters<typeof run>[0]);
  const all = await times.all;
  await runner.stop();
  return all;
}

export const plain: RunPeer = (task) => runWith(task, {});

/** The settings with which its own documentation measures it (worker.graphile.org/docs/performance). */
export const batched: RunPeer = (task) => runWith(task, { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 });
