/** What stands beside ours in the table. */
export interface Peer {
  title: string;
  /** How it is set up. */
  setting: string;
  /** How many it runs: some seconds of work. */
  jobs: number;
  needsRedis: boolean;
}

export const peerTable = {
  'bullmq-redis': { title: 'BullMQ on Redis', setting: 'one worker, concurrency 16', jobs: 20_000, needsRedis: true },
  'bullmq-postgres': { title: 'BullMQ on PostgreSQL', setting: 'one worker, concurrency 16', jobs: 5000, needsRedis: false },
  'graphile-worker': { title: 'graphile-worker', setting: 'concurrency 16', jobs: 10_000, needsRedis: false },
  'graphile-worker-batched': { title: 'graphile-worker, batched', setting: 'concurrency 16, local queue of 500, completions in batches', jobs: 100_000, needsRedis: false },
  dbos: { title: 'DBOS', setting: 'a queue with worker concurrency 16, polled every 10 ms', jobs: 2000, needsRedis: false },
  optuna: { title: 'Optuna', setting: 'a grid on PostgreSQL, 16 threads', jobs: 100, needsRedis: false },
} satisfies Record<string, Peer>;

export type PeerName = keyof typeof peerTable;

/** What a peer's process is given: it adds the jobs, runs them, `slots` at once, and reports when each was run. */
export interface PeerTask {
  /** An empty database. */
  databaseUrl: string;
  redisUrl: string | null;
  jobs: number;
  slots: number;
}

/** Runs all jobs; resolves to when each was run, ms since 1970. */
export type RunPeer = (task: PeerTask) => Promise<number[]>;
