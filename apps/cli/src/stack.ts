import { join } from 'node:path';
import { startPostgres } from '@elucidate/embedded/postgres';
import { messageFrom, startOwned, type OwnedProcess } from './children.js';
import { secretOf } from '@elucidate/shell/environment';
import type { Home } from '@elucidate/shell/home';

/** Database, API and worker on one machine, as children that end when we do. */
export interface Stack {
  apiUrl: string;
  databaseUrl: string;
  /** The reason it cannot continue, if one of its processes ended by itself. */
  failure(): Error | null;
  /** Stops in order: first the worker, which hands back its stages, then the API, then the database. */
  stop(): Promise<void>;
}

export interface StackOptions {
  home: Home;
  /** 0 asks for a free port. */
  port: number;
  slots?: number;
  threads?: number;
  backend?: string;
  signal: AbortSignal;
  log(line: string): void;
}

/** The database that DATABASE_URL or DATABASE_URL_FILE names, else PostgreSQL under the home folder. */
export async function openDatabase(home: Home, log: (line: string) => void): Promise<{ url: string; stop(): Promise<void> }> {
  const given = secretOf('DATABASE_URL');
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() };
  return startPostgres({ dataDir: home.postgresDir, log });
}

/** Starts database, API and one worker process. If a later part fails, the parts already started are stopped. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    return await startParts(options, started, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts({ home, port, slots, threads, backend, signal, log }: StackOptions, started: { stop(): Promise<void> }[], stop: () => Promise<void>): Promise<Stack> {
  const database = await openDatabase(home, log);
  started.push(database);
  signal.throwIfAborted();
  const env = { ...process.env, DATABASE_URL: database.url, DATABASE_URL_FILE: '', ELUCIDATE_HOME: home.dir, PORT: String(port) };

  const apiLog = join(home.logsDir, 'api.log');
  const api = startOwned('@elucidate/api/main', { env, logFile: apiLog });
  started.push(api);
  const { url: apiUrl } = await messageFrom<{ type: 'listening'; url: string }>(api, 'listening', apiLog);
  signal.throwIfAborted();

  const workerLog = join(home.logsDir, 'worker.log');
  const args = Object.entries({ slots, threads, backend }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  const worker = startOwned('@elucidate/worker/main', { env, args, logFile: workerLog });
  started.push(worker);
  const ready = await messageFrom<{ type: 'ready'; engine: string; slots: number }>(worker, 'ready', workerLog);
  log(`worker: ${ready.slots} at once, ${ready.engine}`);
  return { apiUrl, databaseUrl: database.url, failure: watchEnds([['API', api, apiLog], ['worker', worker, workerLog]]), stop };
}

function watchEnds(parts: readonly [string, OwnedProcess, string][]): () => Error | null {
  let failure: Error | null = null;
  for (const [name, { ended }, log] of parts) void ended.then((how) => (failure ??= new Error(`The ${name} process ended by itself (${how}); see the end of ${log}.`)));
  return () => failure;
}
