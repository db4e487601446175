import { paperTables } from '@elucidate/experiment/ablations';
import type { AblationTable, Estimate, LeaderboardRow } from '@elucidate/experiment/tables';
import { findPython, runPythonTests } from '@elucidate/shell/python.fixture';
import { eventually } from './eventually.js';
import { estimatesByCell, shownEntries, tableEntries } from './expected-results.js';
import { installation, type Api, type Installation } from './installation.js';
import { processesOf } from './processes-of.js';
import { tinySpec } from './tiny-spec.js';

let here: Installation;
let api: Api;
beforeAll(async () => {
  here = await installation();
  api = await here.startApi();
  await here.startWorker(['--slots', '2']);
});
afterAll(() => here.remove());

const samplers = [{ kind: 'ddim' }, { kind: 'heun' }];
const grid = tinySpec({
  name: 'grid',
  parameters: { schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] }, inputScale: { values: [0.5, 1] }, sampler: { values: samplers }, steps: { values: [2, 3] } },
  seeds: { train: [1], sample: [1, 2] },
});
/** Kinds of the stages of `grid`, with 2 x 2 training runs and 2 x 2 x 2 sampling runs each. */
const stagesOfGrid = { extractor: 1, reference: 1, train: 4, sample: 32, embed: 32, score: 32 };

let sweepId: string;
/** Summing in another order changes the last digits. */
const closeTo = (estimates: Record<string, Estimate>) => Object.fromEntries(Object.entries(estimates).map(([key, estimate]) =>
  [key, { ...estimate, mean: expect.closeTo(estimate.mean, 9), stddev: estimate.stddev && expect.closeTo(estimate.stddev, 9) }]));

interface Leaderboard {
  groups: { rows: LeaderboardRow[] }[];
}

test('a sweep posted over HTTP is trained once per design, sampled and scored', async () => {
  ({ id: sweepId } = await api.submit(grid));
  expect(await api.ended(sweepId)).toMatchObject({ state: 'done', trials: 32, reusedStages: 0, stages: { done: 102 }, failures: [] });
  const kinds = await here.sql<{ kind: string; n: number }>(`select kind, count(*)::int as n from attempts join stages on id = stage_id where outcome = 'done' group by 1`);
  expect(Object.fromEntries(kinds.map(({ kind, n }) => [kind, n]))).toEqual(stagesOfGrid);
});

test('its leaderboard is ranked by FID, and each number follows from the trials in the database', async () => {
  const { groups } = await api.get<Leaderboard>(`/v1/sweeps/${sweepId}/leaderboard?limit=200`);
  expect(groups).toHaveLength(1);
  const rows = groups.flatMap((group) => group.rows);
  expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  expect(Object.fromEntries(rows.map(({ cellId, metrics }) => [cellId, metrics]))).toMatchObject(Object.fromEntries(Object.entries(await estimatesByCell(here.sql, sweepId)).map(([cell, metrics]) => [cell, closeTo(metrics)])));
  expect(rows.map(({ metrics }) => metrics['fid']!.mean)).toEqual(rows.map(({ metrics }) => metrics['fid']!.mean).sort((a, b) => a - b));
});

test('every score comes with n, evaluator, NFE, seeds and the score of real images', async () => {
  const { groups } = await api.get<Leaderboard>(`/v1/sweeps/${sweepId}/leaderboard?limit=200`);
  for (const row of groups.flatMap(({ rows }) => rows)) {
    const { sampler, steps } = row.config as { sampler: { kind: string }; steps: number };
    // Heun evaluates twice per step, except in the last one, which ends at zero noise (EDM, Alg. 1)
    expect(row).toMatchObject({ n: 32, evaluator: expect.stringMatching(/^[0-9a-f]{64}$/), nfe: sampler.kind === 'heun' ? 2 * steps - 1 : steps, trainSeeds: [1], sampleSeeds: [1, 2] });
    const { fid } = row.metrics;
    expect(fid?.real).toBeGreaterThan(0);
    expect(fid?.mean).toBeGreaterThan(fid?.real as number);
  }
});

test.each(Object.keys(paperTables).flatMap((name) => (['fid', 'kid'] as const).map((metric) => [name, metric] as const)))('the table %s of %s follows from its trials', async (name, metric) => {
  const table = await api.get<AblationTable>(`/v1/sweeps/${sweepId}/tables/${name}?metric=${metric}`);
  const expected = await tableEntries(here.sql, table);
  expect(Object.keys(expected)).toHaveLength(4);
  expect(shownEntries(table)).toMatchObject(closeTo(expected));
  expect(table).toMatchObject({ n: 32, evaluator: expect.stringMatching(/^[0-9a-f]{64}$/), real: Object.values(expected)[0]?.real });
});

test('the same sweep again needs no work: it is done in the response to its submission', async () => {
  const attempts = (): Promise<unknown> => here.sql('select * from attempts order by stage_id, token');
  const before = await attempts();
  const again = await api.submit(grid);
  expect(again).toMatchObject({ state: 'done', reusedStages: 102, stages: { done: 102 } });
  expect(again.id).not.toBe(sweepId);
  expect(await attempts()).toEqual(before);
});

const withPandas = findPython(['pandas', 'matplotlib']);
const python = withPandas ?? findPython();
if (python === undefined) console.warn('the Python client: not tested here, because there is no Python 3.9 or newer (apt install python3)');
else if (withPandas === undefined) console.warn('the notebook: not run here, because no Python has pandas and matplotlib (apt install python3-pandas python3-matplotlib)');
(python === undefined ? test.skip : test)('the Python client plans, submits, steers, waits, and reads all results; its own tests pass, and the notebook runs', async () => {
  const env = { ELUCIDATE_API: api.process.ready.url, ELUCIDATE_KEY: '', ELUCIDATE_TEST_SWEEP: sweepId };
  const result = await runPythonTests(python as string, ['tests.test_requests', 'tests.test_api', 'tests.test_notebook'], env);
  expect(result).toEqual({ code: 0, errors: expect.stringMatching(withPandas === undefined ? /\nOK \(skipped=1\)\n$/ : /\nOK\n$/) });
});

/** Deletes everything BullMQ stores except the record of its own migrations; returns how many jobs were lost. */
async function emptyQueue(): Promise<number> {
  const tables = await here.sql<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'`);
  const [jobs] = await here.sql<{ n: number }>('select count(*)::int as n from bullmq.job');
  await here.sql(`truncate ${tables.map(({ name }) => name).join(', ')}`);
  return jobs?.n ?? 0;
}

test('a sweep whose queue is emptied while it runs completes', async () => {
  let lost = 0;
  // on a busy machine a sweep may be over before its queue is emptied: then another one is submitted
  for (let seed = 11; lost === 0; seed += 4) {
    const { id } = await api.submit(tinySpec({ name: 'lost queue', seeds: { train: [seed, seed + 1, seed + 2, seed + 3] } }));
    await eventually('a training that was begun', async () => (await here.sql(`select 1 from stages join sweep_stages on id = stage_id where sweep_id = $1 and kind = 'train' and token > 0`, [id]))[0]);
    lost = await emptyQueue();
    expect(await api.ended(id)).toMatchObject({ state: 'done', trials: 4 });
  }
});

test('a sweep survives the API process being killed right after its response', async () => {
  const { id } = await api.submit(tinySpec({ name: 'killed API', seeds: { train: [21] } }));
  expect(await api.process.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  api = await here.startApi();
  expect(await api.ended(id)).toMatchObject({ state: 'done', trials: 1 });
});

if (process.platform !== 'linux') console.warn('processes left behind: not tested here, because only Linux has /proc');
(process.platform === 'linux' ? test : test.skip)('once stopped, no process of the installation is left', async () => {
  expect(await processesOf(here.home)).not.toEqual([]);
  await here.stop();
  await eventually('the end of every process', async () => (await processesOf(here.home)).length === 0);
});
