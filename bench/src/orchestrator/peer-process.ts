import type { PeerName, PeerTask, RunPeer } from './peer-table.js';

/** Runs one peer in a process of its own: argv[2] its name, argv[3] a PeerTask as JSON. Sends its times over IPC. A package is loaded only by the row that needs it. */
const runners: Readonly<Record<Exclude<PeerName, 'optuna'>, () => Promise<RunPeer>>> = {
  'bullmq-redis': async () => (await import('./peers/bullmq.js')).onRedis,
  'bullmq-postgres': async () => (await import('./peers/bullmq.js')).onPostgres,
  'graphile-worker': async () => (await import('./peers/graphile.js')).plain,
  'graphile-worker-batched': async () => (await import('./peers/graphile.js')).batched,
  dbos: async () => (await import('./peers/dbos.js')).viaQueue,
};

const run = await runners[process.argv[2] as keyof typeof runners]();
const times = await run(JSON.parse(process.argv[3]!) as PeerTask);
process.send!({ times }, () => process.exit(0));
