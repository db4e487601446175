/** `npm run bench:web -- --cells 1000,100000`: what the dashboard's pages cost to load, to scroll and to hover over, and a page that follows a live sweep. Needs Chromium. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { ElucidateError } = await import('@elucidate/experiment/errors');
const { reportError } = await import('@elucidate/shell/exit');
const { json, wholeNumber } = await import('@elucidate/shell/options');
const { createProgram } = await import('@elucidate/shell/program');
const { Option } = await import('commander');
const { findChromium, openBrowser } = await import('../e2e/dist/browser.js');
const { fill, submit } = await import('./bench-reads/fill.mjs');
const { overApi } = await import('./bench-reads/over-api.mjs');
const { sizes } = await import('./bench-reads/sweep.mjs');
const { measureLive, measurePages } = await import('./bench-web/measure.mjs');

const program = createProgram('npm run bench:web --', import.meta.url)
  .description('Opens the pages of the dashboard in Chromium on sweeps of these sizes, of which 90 % is scored.')
  .addOption(new Option('--cells <list>', 'sizes of the sweeps, multiples of 1000, comma-separated').argParser(sizes).default([1000, 100_000], '1000,100000'))
  .addOption(new Option('--seconds <n>', 'how long the live page is watched').argParser(wholeNumber(1, 600)).default(20))
  .addOption(json());

/** What each number should be below on the machine that the project is developed on, when nothing else runs there. */
const limits = { heatMapMilliseconds: 1000, heatMapKilobytes: 300, codeKilobytes: 100, frameMilliseconds: 50, browserShare: 0.2, apiMegabytes: 50 };

const measured = (cells, browser) => overApi(async ({ api, db, artifacts }) => {
  const { id } = await submit(api.url, cells);
  await fill({ db, artifacts, id, cells });
  return { cells, ...await measurePages({ browser, url: api.url, id }) };
});

/** A sweep of over 10,000 stages at work. */
const liveCells = 4000;
const live = (browser, seconds) => overApi(async ({ api, db, artifacts }) => {
  const { id } = await submit(api.url, liveCells);
  const { done } = await fill({ db, artifacts, id, cells: liveCells, share: 0.1 });
  // what a worker's completions would have reported
  const tell = (stages) => db.query(`insert into events (sweep_id, type, data) select $1, 'stage.done', '{"kind": "score"}' from generate_series(1, $2)`, [id, stages]);
  const [{ stages }] = await db.query('select count(*)::integer as stages from sweep_stages where sweep_id = $1', [id]);
  return { stages, ...await measureLive({ browser, api, id, done, tell, seconds }) };
});

function tableOf({ runs, live: following }) {
  const first = runs[0].pages;
  const framesText = ({ count, longest, over50 }) => `of ${count} frames ${over50} took over ${limits.frameMilliseconds} ms, the longest ${longest}`;
  return [
    `| page | ${runs.map(({ cells }) => `${cells} cells: ms to what it shows (ratio) | kB`).join(' | ')} | of it code |`,
    `|---|${runs.map(() => '---:|---:|').join('')}---:|`,
    ...Object.keys(first).map((name) => `| ${name} | ${runs.map(({ pages }) => `${pages[name].milliseconds} (${(pages[name].milliseconds / first[name].milliseconds).toFixed(1)}) | ${pages[name].kilobytes}`).join(' | ')} | ${first[name].codeKilobytes} |`),
    '',
    ...runs.map(({ cells, scrolling, hovering }) => `${cells} cells: of a leaderboard that scrolls, ${framesText(scrolling)}; of a heat map that a pointer goes over, ${framesText(hovering)}.`),
    `A live sweep of ${following.stages} stages, ${following.perSecond.toFixed(0)} of which complete each second, takes ${(100 * following.browserShare).toFixed(1)} % of a core in the browser and adds ${Math.round(following.apiMegabytes)} MB to the API.`,
    `Limits: heat map ${limits.heatMapMilliseconds} ms and ${limits.heatMapKilobytes} kB, code of the first page ${limits.codeKilobytes} kB, browser ${100 * limits.browserShare} % of a core, API ${limits.apiMegabytes} MB.`,
  ].join('\n');
}

try {
  const { cells, seconds, json: asJson } = program.parse().opts();
  const executable = findChromium();
  if (executable === undefined) throw new ElucidateError('data.missing', 'No Chromium is installed; install it, or name one by ELUCIDATE_CHROMIUM');
  const browser = await openBrowser(executable);
  try {
    const before = loadavg()[0];
    const runs = [];
    for (const size of cells) runs.push(await measured(size, browser));
    const found = { runs, live: await live(browser, seconds) };
    if (asJson) console.log(JSON.stringify({ machine: { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.versions.node, load: [before, loadavg()[0]] }, limits, ...found }));
    else console.log(tableOf(found));
  } finally {
    await browser.close();
  }
} catch (error) {
  process.exitCode = reportError(error, process.argv.includes('--json'));
}
