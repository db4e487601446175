import { DBOS } from '@dbos-inc/dbos-sdk';
import type { RunPeer } from '../peer-table.js';
import { collectTimes } from './clock.js';

/** A workflow without steps, started through a queue. By default a queue is polled once a second, which would be all that is measured. */
export const viaQueue: RunPeer = async ({ databaseUrl, jobs, slots }) => {
  const times = collectTimes(jobs);
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, logLevel: 'error', runAdminServer: false });
  const job = DBOS.registerWorkflow(async () => times.ran(), { name: 'job' });
  await DBOS.launch();
  const added = Array.from({ length: slots }, async (_, slot) => {
    for (let index = slot; index < jobs; index += slots) await DBOS.startWorkflow(job, { queueName: 'bench' })();
  });
  await Promise.all(added);
  // nothing is taken from the queue before this
  await DBOS.registerQueue('bench', { workerConcurrency: slots, minPollingIntervalMs: 10 });
  const all = await times.all;
  await DBOS.shutdown();
  return all;
};
