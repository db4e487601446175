import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openBullQueue } from '@elucidate/dispatch/bull';
import type { Queue } from '@elucidate/dispatch/queue';
import { repeatedly } from '@elucidate/dispatch/repeatedly';
import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { summarise } from '@elucidate/store/queries/summaries';
import { openStore, type Store } from '@elucidate/store/store';
import { startFleet, type Fleet } from './fleet.js';
import type { Database, Servers } from './servers.js';

export type QueueName = 'redis' | 'postgres';

/** How a fleet is made up. */
export interface Shape {
  processes: number;
  /** Stages that each process runs at once. */
  slots: number;
}

export interface FleetOptions extends Shape {
  kinds?: readonly StageKind[];
  stageMs?: number;
}

/** A database with a sweep in it, a queue, and workers that run nothing. */
export interface Installation {
  store: Store;
  queue: Queue;
  database: Database;
  start(options: FleetOptions): Fleet;
}

export interface InstallationOptions {
  servers: Servers;
  /** The database to copy. */
  template: Database;
  queue: QueueName;
  /** Nothing of this process touches the database while `use` runs. */
  quiet?: boolean;
}

/** Jobs queued before the workers start: more than any row runs, and with more the queue itself gets no slower. */
const jobsQueued = 10_000;

/** Copies an installation, queues what is ready there, and runs `use` with it. As an API does, brings the summaries up to date every second meanwhile. */
export async function withInstallation<T>({ servers, template, queue: kind, quiet }: InstallationOptions, use: (installation: Installation) => Promise<T>): Promise<T> {
  const redisUrl = kind === 'redis' ? servers.redis?.url : undefined;
  if (kind === 'redis' && redisUrl === undefined) throw new ElucidateError('queue.unreachable', 'no redis-server is installed');
  await servers.redis?.flush();
  const database = await servers.createDatabase(template);
  const home = await mkdtemp(join(servers.folder, 'home-'));
  const artifacts = join(home, 'artifacts');
  const store = await openStore({ url: database.url, artifacts, poolSize: 4, onError: () => undefined });
  const queue = await openBullQueue({ databaseUrl: database.url, ...(redisUrl !== undefined && { redisUrl }) });
  const over = new AbortController();
  const fleets: Fleet[] = [];
  try {
    await queue.add(await store.db.query('select j.* from jobs_of(array(select id from stages where state = $1)) j order by j.position limit $2', ['ready', jobsQueued]));
    const summarising = quiet ? undefined : repeatedly(() => summarise(store.db), { everyMs: 1000, signal: over.signal, onError: () => undefined });
    const start = ({ processes, slots, kinds = stageKinds, stageMs = 0 }: FleetOptions): Fleet => {
      const fleet = startFleet(Array.from({ length: processes }, (_, index) =>
        ({ id: `worker-${index}`, databaseUrl: database.url, ...(redisUrl !== undefined && { redisUrl }), home, artifacts, slots, kinds: [...kinds], stageMs })));
      fleets.push(fleet);
      return fleet;
    };
    const result = await use({ store, queue, database, start });
    over.abort();
    await summarising;
    return result;
  } finally {
    over.abort();
    for (const fleet of fleets) await fleet.stop();
    await queue.close();
    await store.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  }
}
