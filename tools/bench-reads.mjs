/**
 * `npm run bench:reads -- --cells 1000,100000`: how long every read of the API takes on a sweep of so many cells while results arrive, and its peak memory.
 * The sweep is submitted through the API; its results are written as SQL, 90 % before, more during the measurement.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { Option } = await import('commander');
const { reportError } = await import('@elucidate/shell/exit');
const { json, wholeNumber } = await import('@elucidate/shell/options');
const { createProgram } = await import('@elucidate/shell/program');
const { measure } = await import('./bench-reads/measure.mjs');
const { overApi } = await import('./bench-reads/over-api.mjs');
const { sizes } = await import('./bench-reads/sweep.mjs');
const { readsTable } = await import('./bench-reads/table.mjs');

const program = createProgram('npm run bench:reads --', import.meta.url)
  .description('Times every read of the API on sweeps of these sizes while results arrive. Each ratio is to the first size, in the same run.')
  .addOption(new Option('--cells <list>', 'sizes of the sweeps, multiples of 1000, comma-separated').argParser(sizes).default([1000, 10_000, 100_000], '1000,10000,100000'))
  .addOption(new Option('--requests <n>', 'requests of each route').argParser(wholeNumber(1, 100_000)).default(200))
  .addOption(json());

try {
  const { cells: all, requests, json: asJson } = program.parse().opts();
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.versions.node };
  const runs = [];
  for (const cells of all) {
    const before = loadavg()[0];
    runs.push({ ...(await overApi((installation) => measure({ cells, requests, ...installation }))), load: [before, loadavg()[0]] });
    if (!asJson) console.error(`${cells} cells measured`);
  }
  console.log(asJson ? JSON.stringify({ ...machine, requests, runs }) : `${machine.processor}, ${machine.cores} cores; Node ${machine.node}.\n\n${readsTable(runs)}`);
} catch (error) {
  process.exitCode = reportError(error);
}
