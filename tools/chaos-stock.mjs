/**
 * The faults of `npm run chaos` on systems that people use as they come: BullMQ with a plain worker that writes its results to Postgres, and Optuna's
 * grid. Prints a table; what is not installed is skipped. Every cell sleeps and writes its square, so a wrong result would show.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { atEnd, endAll } = await import('../chaos/dist/cleanup.js');
const { openDatabase } = await import('../chaos/dist/database.js');
const { openPostgresServer } = await import('../chaos/dist/postgres-server.js');
const { openRedisServer, redisIsInstalled } = await import('../chaos/dist/redis-server.js');
const { entrants } = await import('./chaos-stock/entrants.mjs');
const { faults } = await import('./chaos-stock/faults.mjs');

const { Option } = await import('commander');
const { reportError } = await import('@elucidate/shell/exit');
const { json, listOf, wholeNumber } = await import('@elucidate/shell/options');
const { createProgram } = await import('@elucidate/shell/program');

const program = createProgram('npm run chaos:stock --', import.meta.url)
  .description('Inflicts the faults of the chaos suite on systems that people use as they come.')
  .addOption(new Option('--repeat <n>', 'runs of each fault').argParser(wholeNumber(1, 1000)).default(1))
  .addOption(new Option('--fault <list>', `faults, comma-separated: ${Object.keys(faults).join(', ')}`).argParser(listOf(Object.keys(faults))).default(Object.keys(faults), 'all'))
  .addOption(new Option('--system <words>', `only systems whose names contain this: ${Object.keys(entrants).join(', ')}`).default(''))
  .addOption(json());
const flags = (() => {
  try {
    return program.parse().opts();
  } catch (error) {
    process.exit(reportError(error));
  }
})();
const [cells, cellMs] = [60, 150];
/** Without a new result for so long after the fault, whatever is missing is lost. */
const silenceMs = 30_000;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void endAll().then(() => process.exit(130)));
const server = await openPostgresServer(() => {});
atEnd(() => server.stop());
const redis = redisIsInstalled() ? await openRedisServer() : undefined;
atEnd(async () => redis?.stop());

async function run(entrant, fault) {
  await redis?.flush();
  const [database, folder] = [await openDatabase(), await mkdtemp(join(tmpdir(), 'elucidate-stock-'))];
  await database.rows('create table starts (cell int, worker int, at timestamptz default clock_timestamp())');
  await database.rows('create table results (cell int, value float8, worker int, at timestamptz default clock_timestamp())');
  await database.rows('create schema bullmq');
  const place = { databaseUrl: database.url, redis, folder, cells, cellMs };
  const workers = [];
  const close = atEnd(async () => {
    for (const worker of workers) {
      worker.kill('SIGCONT');
      worker.kill('SIGKILL');
    }
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  try {
    await entrant.submit(place);
    workers.push(await entrant.startWorker(place), await entrant.startWorker(place));
    while ((await database.rows('select from results')).length < 10) await sleep(50);
    await fault.inflict({ workers, redis, postgres: server.faults, database, replace: async (index) => { workers[index] = await entrant.startWorker(place); } });
    const faultEnd = Date.now();
    await settled(database);
    return await verdict(database, faultEnd);
  } finally {
    await close();
  }
}

/** Waits until every cell has a result and no late one follows, or nothing has come for long. */
async function settled(database) {
  let [last, since] = [-1, Date.now()];
  for (;;) {
    const [{ n, cells: found }] = await database.rows('select count(*)::int as n, count(distinct cell)::int as cells from results');
    if (n !== last) [last, since] = [n, Date.now()];
    if (Date.now() - since > (found === cells ? 10_000 : silenceMs)) return;
    await sleep(200);
  }
}

async function verdict(database, faultEnd) {
  const [{ n, found, wrong }] = await database.rows('select count(*)::int as n, count(distinct cell)::int as found, count(*) filter (where value <> cell::float8 * cell)::int as wrong from results');
  const [{ starts }] = await database.rows('select count(*)::int as starts from starts');
  const [{ next }] = await database.rows('select (extract(epoch from min(at)) * 1000)::float8 as next from results where at > to_timestamp($1)', [faultEnd / 1000]);
  return { lost: cells - found, duplicated: n - found, wrong, recoverMs: next === null ? null : next - faultEnd, wastedMs: (starts - found) * cellMs };
}

const rows = [];
try {
  for (const [name, entrant] of Object.entries(entrants).filter(([name]) => name.includes(flags.system))) {
    const missing = entrant.whyNot() ?? (entrant.usesRedis && redis === undefined ? 'needs redis-server' : null);
    if (missing !== null) console.error(`${name}: skipped, ${missing}`);
    for (const id of missing === null ? flags.fault.filter((fault) => faults[fault].on(name)) : []) {
      const verdicts = [];
      for (let round = 0; round < flags.repeat; round++) {
        verdicts.push(await run(entrant, faults[id]));
        console.error(`${name}, ${id}: ${JSON.stringify(verdicts.at(-1))}`);
      }
      const sum = (key) => verdicts.reduce((total, verdict) => total + verdict[key], 0);
      const recovered = verdicts.flatMap(({ recoverMs }) => recoverMs ?? []).sort((a, b) => a - b);
      rows.push({ system: name, id, title: faults[id].title, runs: verdicts.length, cells: cells * verdicts.length, lost: sum('lost'), duplicated: sum('duplicated'), wrong: sum('wrong'), medianRecoverS: recovered.length === 0 ? null : Math.round(recovered[Math.floor(recovered.length / 2)] / 100) / 10, wastedS: Math.round(sum('wastedMs') / verdicts.length / 100) / 10 });
    }
  }
} finally {
  await endAll();
}
console.log(flags.json ? JSON.stringify(rows) : ['| | fault | system | runs | lost | duplicated | wrong | s to recover, median | s wasted a run |', '|---|---|---|---:|---:|---:|---:|---:|---:|', ...rows.map((row) => `| ${row.id} | ${row.title} | ${row.system} | ${row.runs} of ${cells} cells | ${row.lost} | ${row.duplicated} | ${row.wrong} | ${row.medianRecoverS ?? '-'} | ${row.wastedS} |`)].join('\n'));
