import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { latenciesOf } from '../../bench/dist/pings.js';
import { fill, submit } from './fill.mjs';

/** The last one: what the machine itself takes. */
const routesOf = ({ id, cursor, pages, stage, sheet }) => {
  const at = `/v1/sweeps/${id}`;
  return [
    ['list of sweeps', '/v1/sweeps'], ['one sweep', at],
    ['leaderboard, first page', `${at}/leaderboard`], [`leaderboard, 200 rows from ${200 * pages}`, `${at}/leaderboard?limit=200${cursor && `&cursor=${cursor}`}`],
    ['leaderboard by KID, CSV', `${at}/leaderboard?metric=kid&format=csv`], ['leaderboard of all sweeps', '/v1/leaderboard'],
    ['ablation table, 5 x 20', `${at}/tables/sampler`], ['ablation table, 10 x scales, CSV', `${at}/tables/noise-schedule?format=csv`], ['ablation table of chosen steps', `${at}/tables/noise-schedule?fixed=steps:7`],
    ['stages', `${at}/stages`], ['stages of a kind and state', `${at}/stages?kind=score&state=done`], ['stages failed', `${at}/stages?state=failed`], ['one stage', `/v1/stages/${stage}`],
    ['sheets', `${at}/sheets`], ['trials', `${at}/trials`], ['all trials, CSV', `${at}/trials?format=csv`, 3],
    ['picture', `${at}/plot`], ['picture, numbers', `${at}/plot?format=json`], ['picture by NFE', `${at}/plot?x=nfe&lines=sampler&facets=none`], ['picture, PNG', `${at}/plot?format=png`, 10],
    ['published table', '/v1/papers/chen2023-table3'], ['published table of the sweep', `/v1/papers/chen2023-table3?sweep=${id}`],
    ['artifact of 50 kB', `/v1/artifacts/${sheet}`], ['workers', '/v1/workers'],
    ['report', `${at}/report`, 10], ['dashboard', '/'], ['axes of pictures', `${at}/plots`], ['heat map', `${at}/plot?format=json&x=schedule.tau&y=steps`, 10], ['health', '/healthz'],
  ];
};

async function read(url, path) {
  const response = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } });
  const bytes = await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${Buffer.from(bytes).toString().slice(0, 500)}`);
  return bytes;
}

/** The first answer separately: it counts what is kept from then on. Times in ms. */
async function timed(url, path, count) {
  const times = [];
  let bytes = 0;
  for (let i = 0; i < count + 1; i++) {
    const began = performance.now();
    bytes = (await read(url, path)).byteLength;
    times.push(performance.now() - began);
  }
  return { first: times[0], ...latenciesOf(times.slice(1)), kilobytes: Math.round(bytes / 1000) };
}

async function pageAt(url, id, pages) {
  let cursor = '';
  for (let page = 0; page < pages; page++) cursor = JSON.parse(Buffer.from(await read(url, `/v1/sweeps/${id}/leaderboard?limit=200${cursor && `&cursor=${cursor}`}`)).toString()).nextCursor;
  return cursor;
}

const peak = async (api) => (await api.report()).peakMegabytes;

/** Submits a sweep, writes 90 % of its results, and times each route while more arrive, ten cells every 100 ms. */
export async function measure({ cells, requests, api, db, artifacts }) {
  const { url } = api;
  const idleMegabytes = await peak(api);
  const { id, submitSeconds } = await submit(url, cells);
  const submitMegabytes = await peak(api);
  const { sheet, done } = await fill({ db, artifacts, id, cells });

  const [{ id: stage }] = await db.query(`select stage_id as id from sweep_stages where sweep_id = $1 order by position desc limit 1`, [id]);
  const pages = Math.min(20, Math.floor(cells / 400));
  const routes = routesOf({ id, cursor: await pageAt(url, id, pages), pages, stage, sheet });
  let arriving = true;
  const results = (async () => {
    while (arriving) {
      for (const kind of ['sample', 'embed', 'score']) await done(kind, 10);
      await sleep(100);
    }
  })();
  const rows = [];
  try {
    for (const [name, path, count = requests] of routes) rows.push({ name, ...(await timed(url, path, Math.min(count, requests))) });
  } finally {
    arriving = false;
    await results;
  }
  return { cells, submitSeconds, idleMegabytes, submitMegabytes, readMegabytes: await peak(api), rows };
}
