/**
 * `npm run bench:reads -- --cells 10000,100000`: how long every read of the API takes on a sweep of so many cells while results arrive.
 * The sweep is submitted through the API; its results are written as SQL, 90 % before, more during the measurement.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { startPostgres } = await import('@elucidate/embedded/postgres');
const { connect } = await import('@elucidate/store/data-source');

const { InvalidArgumentError, Option } = await import('commander');
const { reportError } = await import('@elucidate/shell/exit');
const { json, wholeNumber } = await import('@elucidate/shell/options');
const { createProgram } = await import('@elucidate/shell/program');

/** Sizes that specOf makes exactly: 5 samplers, by at most 1000 step counts, by input scales. */
const sizes = (text) => text.split(',').map(wholeNumber(400, 100_000)).map((cells) => {
  if (cells % (cells > 5000 ? 5000 : 5) !== 0) throw new InvalidArgumentError(`expected multiples of 5, above 5000 of 5000, not ${cells}.`);
  return cells;
});

const program = createProgram('npm run bench:reads --', import.meta.url)
  .description('Times every read of the API on sweeps of these sizes while results arrive.')
  .addOption(new Option('--cells <list>', 'sizes of the sweeps, comma-separated').argParser(sizes).default([10_000, 100_000], '10000,100000'))
  .addOption(new Option('--requests <n>', 'requests of each quick route').argParser(wholeNumber(1, 100_000)).default(200))
  .addOption(json());
const values = (() => {
  try {
    return program.parse().opts();
  } catch (error) {
    process.exit(reportError(error));
  }
})();
const { requests } = values;

/** 5 samplers, up to 1000 step counts, and as many input scales as it takes. */
function specOf(cells) {
  const steps = Math.min(1000, cells / 5);
  const range = (length) => Array.from({ length }, (_, i) => i + 1);
  return JSON.stringify({
    name: `reads-${cells}`, dataset: { name: 'fashion-mnist', resolution: 16 },
    parameters: { sampler: { values: ['ddim', 'ddpm', 'euler', 'lms', 'dpmpp-2m'].map((kind) => ({ kind })) }, steps: { values: range(steps) }, inputScale: { values: range(Math.round(cells / 5 / steps)).map((n) => n / 10) } },
    train: { network: 'tiny', images: 256, batch: 32 }, evaluate: { samples: 64 },
  });
}

/** Completes the next stages of a kind in the order of the plan, with their numbers. */
const complete = (db, sweep, kind, count) => db.query(`
  with next as (
    select s.id from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.kind = $2 and s.state <> 'done' order by ss.position limit $3),
  scored as (
    insert into metrics (stage_id, name, value, n, evaluator)
    select id, m.name, m.value * (1 + (hashtext(id) & 65535) / 65536.0), 64, repeat('e', 64) from next
    cross join (values ('score', 'fid', 20.0), ('score', 'kid', 0.1), ('score', 'fid_real', 1.5), ('score', 'kid_real', 0.01), ('sample', 'nfe', 10), ('sample', 'noise_levels_out_of_range', 0)) m(kind, name, value)
    where m.kind = $2 on conflict do nothing)
  update stages set state = 'done', started_at = clock_timestamp(), ended_at = clock_timestamp() where id in (select id from next)`, [sweep, kind, count]);

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

async function timed(url, path, count) {
  const times = [];
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const response = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } });
    bytes = (await response.arrayBuffer()).byteLength;
    times.push(performance.now() - began);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  }
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), kilobytes: Math.round(bytes / 1000), requests: count };
}

async function measure(cells, { url, db }) {
  const began = performance.now();
  const response = await fetch(`${url}/v1/sweeps`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: specOf(cells) });
  const { id, ...answer } = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  const submitSeconds = (performance.now() - began) / 1000;
  for (const kind of ['extractor', 'reference', 'train']) await complete(db, id, kind, cells);
  for (const kind of ['sample', 'embed', 'score']) for (let done = 0; done < 0.9 * cells; done += 5000) await complete(db, id, kind, Math.min(5000, 0.9 * cells - done));
  await db.query('analyze');
  while ((await db.query('select exists (select from changed_stages) or exists (select from changed_sweeps) as any'))[0].any) await sleep(500);

  const at = `/v1/sweeps/${id}`;
  const [stage] = await db.query(`select stage_id as id from sweep_stages where sweep_id = $1 order by position desc limit 1`, [id]);
  let cursor = '';
  const pages = Math.min(20, Math.floor(cells / 400));
  for (let page = 0; page < pages; page++) cursor = (await (await fetch(`${url}${at}/leaderboard?limit=200${cursor && `&cursor=${cursor}`}`)).json()).nextCursor;
  const routes = [
    ['list of sweeps', '/v1/sweeps'], ['one sweep', at], ['leaderboard, first page', `${at}/leaderboard`], [`leaderboard, 200 rows from ${200 * pages}`, `${at}/leaderboard?limit=200&cursor=${cursor}`],
    ['leaderboard of all sweeps', '/v1/leaderboard'], ['stages', `${at}/stages`], ['stages done', `${at}/stages?state=done`], ['stages failed', `${at}/stages?state=failed`],
    ['one stage', `/v1/stages/${stage.id}`], ['sheets', `${at}/sheets`], ['workers', '/v1/workers'],
    ['ablation table', `${at}/tables/sampler`, 5], ['report', `${at}/report`, 3], ['home page', '/', 20],
  ];
  let arriving = true;
  const results = (async () => {
    while (arriving) {
      for (const kind of ['sample', 'embed', 'score']) await complete(db, id, kind, 10);
      await sleep(100);
    }
  })();
  const rows = [];
  try {
    for (const [name, path, count = requests] of routes) rows.push({ cells, name, ...(await timed(url, path, count)) });
  } finally {
    arriving = false;
    await results;
  }
  return { cells, submitSeconds, load: loadavg()[0], rows };
}

const home = await mkdtemp(join(tmpdir(), 'elucidate-reads-'));
const postgres = await startPostgres({ dataDir: join(home, 'postgres') });
const api = fork(new URL('../apps/api/dist/main.js', import.meta.url), [], { env: { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '', ELUCIDATE_HOME: home, HOST: '127.0.0.1', PORT: '0', RATE_LIMIT: '0', ELUCIDATE_OPEN: '1' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
const db = await connect({ url: postgres.url, poolSize: 2 });
try {
  const [{ url }] = await once(api, 'message');
  for (const cells of values.cells) {
    const { submitSeconds, load, rows } = await measure(cells, { url, db });
    if (values.json) console.log(JSON.stringify({ cells, submitSeconds, load, rows }));
    else {
      console.log(`\n${cells} cells, 90 % scored, results arriving; submitted in ${submitSeconds.toFixed(1)} s; load average ${load.toFixed(1)}\n\n| read | p50 ms | p99 ms | kB | requests |\n|---|---:|---:|---:|---:|`);
      for (const { name, p50, p99, kilobytes, requests: count } of rows) console.log(`| ${name} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${kilobytes} | ${count} |`);
    }
  }
} finally {
  await db.destroy();
  const ended = once(api, 'exit');
  api.kill('SIGTERM');
  await ended;
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}
