import { fileURLToPath } from 'node:url';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@elucidate/embedded/postgres';
import { ElucidateError } from '@elucidate/experiment/errors';
import { documentOf, type LargeSweep } from './large-sweeps.js';
import type { LoopReport } from './loop-watch.js';
import { latenciesOf, ping, type Latencies } from './pings.js';
import { startWatched, type WatchedServer } from './watched-server.js';

/** A server while a sweep was submitted. */
interface Watched extends LoopReport {
  answers: Latencies;
}

export interface SubmittingRow {
  sweep: LargeSweep;
  cells: number;
  stages: number;
  /** From the request to its answer, s. */
  seconds: number;
  /** The API, which takes the sweep. */
  api: Watched;
  /** A server that does nothing, with requests at the same moments: what the machine itself adds. */
  idle: Watched;
}

const everyMs = 10;
const entry = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function watched(server: WatchedServer, times: Promise<number[]>): Promise<Watched> {
  const answers = latenciesOf(await times);
  return { answers, ...(await server.report()) };
}

interface Submitted {
  cells: number;
  stages: Readonly<Record<string, number>>;
}

async function submit(url: string, sweep: LargeSweep): Promise<Submitted> {
  const response = await fetch(`${url}/v1/sweeps`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(documentOf(sweep)) });
  const text = await response.text();
  if (response.status !== 201) throw new ElucidateError('stage.crashed', `The API answered ${response.status} to the sweep ${sweep}: ${text.slice(0, 1000)}`);
  return JSON.parse(text) as Submitted;
}

/** Submits a sweep to an API of its own over an empty embedded PostgreSQL, and meanwhile requests its health every 10 ms. */
export async function measureSubmitting(sweep: LargeSweep): Promise<SubmittingRow> {
  const home = await mkdtemp(join(tmpdir(), 'elucidate-bench-'));
  const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  const started: WatchedServer[] = [];
  const start = async (file: string): Promise<WatchedServer> => {
    const server = await startWatched(file, { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '', ELUCIDATE_HOME: home, PORT: '0', HOST: '127.0.0.1', RATE_LIMIT: '0' });
    started.push(server);
    return server;
  };
  try {
    const api = await start(entry('../../apps/api/dist/main.js'));
    const idle = await start(entry('idle-server.js'));
    for (const server of [api, idle]) server.begin();
    const begun = performance.now();
    const submitting = submit(api.url, sweep).then((submitted) => ({ submitted, seconds: (performance.now() - begun) / 1000 }));
    const answers = [api, idle].map(({ url }) => ping(`${url}/healthz`, everyMs, submitting)) as [Promise<number[]>, Promise<number[]>];
    const { submitted: { cells, stages }, seconds } = await submitting;
    const total = Object.values(stages).reduce((sum, some) => sum + some, 0);
    return { sweep, cells, stages: total, seconds, api: await watched(api, answers[0]), idle: await watched(idle, answers[1]) };
  } finally {
    for (const server of started.reverse()) await server.close();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}
