/**
 * `npm run bench:reads -- --cells 1000,100000`: how long every read of the API takes on a sweep of so many cells while results arrive, and its peak memory.
 * The sweep is submitted through the API; its results are written as SQL, 90 % before, more during the measurement.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { startPostgres } = await import('@elucidate/embedded/postgres');
const { connect } = await import('@elucidate/store/data-source');
const { openArtifacts } = await import('@elucidate/store/artifact-stores/open');
const { InvalidArgumentError, Option } = await import('commander');
const { reportError } = await import('@elucidate/shell/exit');
const { json, wholeNumber } = await import('@elucidate/shell/options');
const { createProgram } = await import('@elucidate/shell/program');
const { startWatched } = await import('../bench/dist/watched-server.js');
const { measure } = await import('./bench-reads/measure.mjs');
const { readsTable } = await import('./bench-reads/table.mjs');

/** Sizes that specOf makes exactly. */
const sizes = (text) => text.split(',').map(wholeNumber(1000, 100_000)).map((cells) => {
  if (cells % 1000 !== 0) throw new InvalidArgumentError(`expected multiples of 1000, not ${cells}.`);
  return cells;
});

const program = createProgram('npm run bench:reads --', import.meta.url)
  .description('Times every read of the API on sweeps of these sizes while results arrive. Each ratio is to the first size, in the same run.')
  .addOption(new Option('--cells <list>', 'sizes of the sweeps, comma-separated').argParser(sizes).default([1000, 10_000, 100_000], '1000,10000,100000'))
  .addOption(new Option('--requests <n>', 'requests of each route').argParser(wholeNumber(1, 100_000)).default(200))
  .addOption(json());

/** An API of its own for each size, over an empty database. */
async function measured(cells, requests) {
  const home = await mkdtemp(join(tmpdir(), 'elucidate-reads-'));
  const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
  try {
    const api = await startWatched(new URL('../apps/api/dist/main.js', import.meta.url).pathname, { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '', ELUCIDATE_HOME: home, HOST: '127.0.0.1', PORT: '0', RATE_LIMIT: '0', ELUCIDATE_OPEN: '1' });
    const db = await connect({ url: postgres.url, poolSize: 2 });
    try {
      return await measure({ cells, requests, api, db, artifacts: await openArtifacts(join(home, 'artifacts')) });
    } finally {
      await db.destroy();
      await api.close();
    }
  } finally {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

try {
  const { cells: all, requests, json: asJson } = program.parse().opts();
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.versions.node };
  const runs = [];
  for (const cells of all) {
    const before = loadavg()[0];
    runs.push({ ...(await measured(cells, requests)), load: [before, loadavg()[0]] });
    if (!asJson) console.error(`${cells} cells measured`);
  }
  console.log(asJson ? JSON.stringify({ ...machine, requests, runs }) : `${machine.processor}, ${machine.cores} cores; Node ${machine.node}.\n\n${readsTable(runs)}`);
} catch (error) {
  process.exitCode = reportError(error);
}
