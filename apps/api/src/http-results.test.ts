import { createHash } from 'node:crypto';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { SweepEffects } from '@elucidate/experiment/effects';
import type { ParallelPlot } from '@elucidate/experiment/parallel';
import type { MetricPlot } from '@elucidate/experiment/plot';
import type { TrialsPage } from '@elucidate/experiment/trials';
import type { AblationTable, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import { fileOf } from '@elucidate/store/artifact-stores/folder';
import { evaluators, png, scoredSweep, submitScored } from './results.fixture.js';
import { post, startTestServer } from './server.fixture.js';
import { etaSchema } from './schemas/eta.js';
import { failuresSchema } from './schemas/failures.js';
import { healthSchema, readinessSchema } from './schemas/health.js';
import { importedForSweepSchema, importedSchema, importListSchema, importSchema } from './schemas/imports.js';
import { ledgerListSchema, ledgerSchema } from './schemas/ledger.js';
import { paperListSchema, paperTableSchema } from './schemas/papers.js';
import { planSchema } from './schemas/plan.js';
import { cellSchema } from './schemas/cells.js';
import { problemSchema } from './schemas/problem.js';
import { effectsSchema } from './schemas/effects.js';
import { ladderSchema } from './schemas/ladder.js';
import { parallelSchema, paretoSchema, stageGraphSchema, trajectoryListSchema } from './schemas/pictures.js';
import { ablationTableSchema, tableListSchema, sheetListSchema, leaderboardSchema, metricPlotSchema, plotListSchema, trialsPageSchema } from './schemas/results.js';
import { provenanceSchema } from './schemas/provenance.js';
import { queueSchema } from './schemas/queue.js';
import { attemptLogSchema, stageListSchema, stageSchema } from './schemas/stages.js';
import { sweepListSchema, sweepSchema } from './schemas/sweeps.js';
import { workerListSchema } from './schemas/workers.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
let sweepId: string;
beforeAll(async () => {
  server = await startTestServer();
  sweepId = await submitScored(server);
  await submitScored(server, scoredSweep.replace('images: 256', 'images: 512'), evaluators[1]);
});
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const problemOf = async (response: Response) => ({ status: response.status, caching: response.headers.get('cache-control'), ...((await response.json()) as Record<string, unknown>) });
const json = async <T>(path: string) => (await (await get(path)).json()) as T;
const cellId = async () => (await server.sql<{ id: string }>('select id from cells where sweep_id = $1 order by position limit 1', [sweepId]))[0]?.id ?? '';
const scoreStage = async () => (await server.sql<{ id: string }>(`select s.stage_id as id from trials t join trial_stages s on s.trial_id = t.id and s.role = 'score' where t.sweep_id = $1 limit 1`, [sweepId]))[0]?.id ?? '';

test.each([['noise-schedule', 'inputScale', 'schedule'], ['input-scale', 'schedule', 'inputScale']] as const)('the table %s holds the mean, deviation and count that SQL finds over the same trials', async (name, columnKey, rowKey) => {
  const table = await json<AblationTable>(`/v1/sweeps/${sweepId}/tables/${name}?metric=fid&fixed=sampler:heun&fixed=steps:10`);
  const rows = await server.sql<{ mean: number; stddev: number; count: number }>(`
    select avg(m.value) as mean, stddev_samp(m.value) as stddev, count(*)::int as count
    from trials t join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id join trial_stages s on s.trial_id = t.id and s.role = 'score' join metrics m on m.stage_id = s.stage_id and m.name = 'fid'
    where t.sweep_id = $1 and c.config->'sampler'->>'kind' = 'heun' and c.config->>'steps' = '10'
    group by c.config->$2, c.config->$3`, [sweepId, rowKey, columnKey]);
  const shown = table.cells.flat().map((cell) => [cell?.mean, cell?.stddev, cell?.count]).sort();
  expect(shown).toEqual(rows.map(({ mean, stddev, count }) => [mean, stddev, count]).sort());
  expect(table).toMatchObject({ n: 64, evaluator: evaluators[0], basis: { leftOut: [] }, fixed: { sampler: 'heun', steps: '10' }, choices: { sampler: ['ddim(eta 0)', 'heun'], steps: ['5', '10'] } });
  expect(table.real).toBeGreaterThanOrEqual(1.5);
});

test('a table is served as CSV, Markdown or LaTeX, chosen by format or by Accept, and in no other media type', async () => {
  const path = `/v1/sweeps/${sweepId}/tables/sampler`;
  const csv = await get(path, { accept: 'text/csv' });
  expect([csv.headers.get('content-type'), (await csv.text()).trim().split('\r\n').length]).toEqual(['text/csv; charset=utf-8', 5]);
  expect(await (await get(`${path}?format=latex`, { accept: 'text/csv' })).text()).toContain('\\begin{tab');
  expect(await (await get(path, { accept: 'text/markdown' })).text()).toContain('| ---');
  expect((await get(path, { accept: 'image/png' })).status).toBe(406);
});

test('trials are a page as JSON, or all of them as CSV or NDJSON, with the scores that SQL finds', async () => {
  const path = `/v1/sweeps/${sweepId}/trials`;
  const page = await json<TrialsPage>(`${path}?limit=5`);
  const rest = await json<TrialsPage>(`${path}?cursor=${page.nextCursor}`);
  const trials = [...page.trials, ...rest.trials];
  expect(page.columns.slice(0, 7)).toEqual(['cell', 'schedule.kind', 'schedule.end', 'schedule.start', 'schedule.tau', 'inputScale', 'sampler.kind']);
  const scores = await server.sql<{ stage: string; fid: number }>(`select m.stage_id as stage, m.value as fid from metrics m join sweep_stages s on s.stage_id = m.stage_id where s.sweep_id = $1 and m.name = 'fid'`, [sweepId]);
  expect(new Map(trials.map(({ score_stage: stage, fid }) => [stage, fid]))).toEqual(new Map(scores.map(({ stage, fid }) => [stage, fid])));
  expect(trials).toHaveLength(32);
  const lines = (await (await get(path, { accept: 'application/x-ndjson' })).text()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(trials);
  const parquet = await get(path, { accept: 'application/vnd.apache.parquet' });
  expect(Buffer.from(await parquet.arrayBuffer()).subarray(-4).toString()).toBe('PAR1');
  const csv = await get(`${path}?format=csv`);
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect((await csv.text()).trimEnd().split('\r\n')).toHaveLength(33);
  expect(await problemOf(await get(path, { accept: 'image/png' }))).toMatchObject({ status: 406, detail: expect.stringContaining('A list of trials is not available as image/png') });
  expect((await get(`${path}?cursor=nonsense`)).status).toBe(400);
});

test('a picture comes as SVG, PNG or its numbers, which are those of the table', async () => {
  const path = `/v1/sweeps/${sweepId}/plot?x=inputScale&lines=sampler&facets=none&fixed=schedule:linear&fixed=steps:5&metric=kid`;
  const plot = await json<MetricPlot>(`${path}&format=json`);
  const table = await json<AblationTable>(`/v1/sweeps/${sweepId}/tables/inputScale-by-sampler?metric=kid&fixed=schedule:linear&fixed=steps:5`);
  const at = (x: string, line: string) => plot.points.find((point) => String(point.x) === x && point.line === line)?.mean;
  expect(table.rows.map((row) => table.columns.map((column) => at(row, column)))).toEqual(table.cells.map((row) => row.map((cell) => cell!.mean)));
  expect((await get(`${path}&format=csv`)).headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(plot).toMatchObject({ metric: 'kid', n: 64, evaluator: evaluators[0], fixed: { schedule: 'linear', steps: '5' }, chosen: [], cells: { drawn: 4, selected: 4 } });
  const svg = await get(path);
  expect([svg.headers.get('content-type'), (await svg.text()).slice(0, 4)]).toEqual(['image/svg+xml', '<svg']);
  const image = await get(path, { accept: 'image/png' });
  expect([image.headers.get('content-type'), Buffer.from(await image.arrayBuffer()).subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/plot?x=inputscale`))).toMatchObject({ status: 400, detail: expect.stringContaining('did you mean inputScale?') });
  expect((await get(path, { accept: 'text/markdown' })).status).toBe(406);
});

test('parallel coordinates come as SVG, PNG, JSON or CSV, and what they keep is what the leaderboard keeps', async () => {
  const path = `/v1/sweeps/${sweepId}/parallel?keep=sampler:heun&keep=steps:5&within=kid:..0.9&scale=kid:log&without=nfe`;
  const plot = await json<ParallelPlot>(`${path}&format=json`);
  const { groups } = await json<LeaderboardPage>(`/v1/sweeps/${sweepId}/leaderboard?keep=sampler:heun&keep=steps:5&within=kid:..0.9`);
  expect(plot.lines.map(({ cell }) => cell)).toEqual(groups.flatMap(({ rows }) => rows.map(({ cellId }) => cellId.slice(0, 12))));
  for (const [format, type] of [['svg', 'image/svg+xml'], ['png', 'image/png'], ['csv', 'text/csv; charset=utf-8']] as const) expect((await get(`${path}&format=${format}`)).headers.get('content-type')).toBe(type);
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/parallel?keep=sampler:huen`))).toMatchObject({ status: 400, detail: expect.stringContaining('ddim(eta 0) or heun') });
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/parallel?within=fid:1`))).toMatchObject({ status: 400, detail: expect.stringContaining('fid:10..20') });
});

test('what matters comes as JSON, in every format of tables, or as a picture', async () => {
  const path = `/v1/sweeps/${sweepId}/effects`;
  const found = await json<SweepEffects>(`${path}?metric=fid`);
  // one factor of two values: half their difference, by SQL
  const [{ spread }] = (await server.sql<{ spread: number }>(`
    select abs(avg(m.value) filter (where c.config->>'steps' = '5') - avg(m.value) filter (where c.config->>'steps' = '10')) / 2 as spread
    from trials t join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id join trial_stages s on s.trial_id = t.id and s.role = 'score' join metrics m on m.stage_id = s.stage_id and m.name = 'fid' where t.sweep_id = $1`, [sweepId])) as [{ spread: number }];
  expect(found.effects.find(({ title }) => title === 'steps')!.spread).toBeCloseTo(spread, 9);
  expect(found).toMatchObject({ configurations: 16, trainingRuns: 2, samples: 1, full: true, n: 64, evaluator: evaluators[0] });
  expect((await (await get(path, { accept: 'text/csv' })).text()).trim().split('\r\n')).toHaveLength(1 + 10 + 8 + 6 * 4);
  expect(await (await get(`${path}?format=latex`)).text()).toContain('\\begin{tab');
  const svg = await get(path, { accept: 'image/svg+xml' });
  expect([svg.headers.get('content-type'), (await svg.text()).slice(0, 4)]).toEqual(['image/svg+xml', '<svg']);
  expect(await problemOf(await get(`${path}?scale=cubic`))).toMatchObject({ status: 400 });
  expect((await get(path, { accept: 'application/vnd.apache.parquet' })).status).toBe(406);
});

test('while the effects of a sweep are worked out, for themselves and for a report, the API answers others', async () => {
  const { computations } = server.services;
  let [begun, end] = [0, (): void => undefined];
  const ended = new Promise<void>((resolve) => { end = resolve; });
  const { effectsOf } = computations;
  const held = jest.spyOn(computations, 'effectsOf').mockImplementation(async (...question) => {
    begun += 1;
    await ended;
    return effectsOf(...question);
  });
  const answers = Promise.all(['effects', 'report'].map((name) => get(`/v1/sweeps/${sweepId}/${name}`)));
  // answered only because neither is worked out here
  while (begun < 2) expect((await get('/healthz')).status).toBe(200);
  end();
  expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
  held.mockRestore();
});

test('a ladder from the best configuration has those that differ from it in one parameter, in every format of tables', async () => {
  const path = `/v1/sweeps/${sweepId}/ladder`;
  const { steps, shape } = ladderSchema.parse(await json(`${path}?from=best`));
  expect([shape, steps.length, steps.slice(1).every(({ changes }) => changes.length === 1)]).toEqual(['star', 5, true]);
  const [first, other] = [steps[0]!, steps[1]!];
  const chain = ladderSchema.parse(await json(`${path}?steps=${first.cellId.slice(0, 12)},${other.cellId}&metric=fid`));
  expect(chain).toMatchObject({ shape: 'chain', steps: [{ cellId: first.cellId }, { toPrevious: { mean: other.toFirst!.mean } }] });
  expect((await (await get(`${path}?from=best`, { accept: 'text/csv' })).text()).trim().split('\r\n')).toHaveLength(6);
  expect(await problemOf(await get(path))).toMatchObject({ status: 400, detail: expect.stringContaining('is a grid, which has no order') as string });
  expect(await problemOf(await get(`${path}?from=abcdef12`))).toMatchObject({ status: 400, detail: expect.stringContaining('abcdef12') as string });
  expect((await get(`${path}?steps=x`)).status).toBe(400);
});

test('a published table is served with a sweep beside it, in every format, and only to who may see the sweep', async () => {
  const list = paperListSchema.parse(await json('/v1/papers'));
  expect(list.tables.map(({ id }) => id)).toContain('chen2023-table3');
  const table = paperTableSchema.parse(await json(`/v1/papers/chen2023-table3?sweep=${sweepId}&fixed=sampler:heun&fixed=steps:10`));
  expect(table).toMatchObject({ sweep: { id: sweepId, fixed: { sampler: 'heun', steps: '10' } }, entries: [[{ values: [2.04], bold: true, ours: { complete: true, notComparable: expect.stringContaining('other data set (imagenet, here fashion-mnist)') as string } }, {}, {}], ...Array(11).fill(expect.anything()) as unknown[]] });
  const path = '/v1/papers/chen2023-table3';
  expect(await (await get(`${path}?format=text`)).text()).toContain('1-t');
  expect(await (await get(path, { accept: 'application/x-latex' })).text()).toContain('\\usepackage{booktabs}');
  expect((await (await get(path, { accept: 'text/csv' })).text()).trim().split('\r\n')).toHaveLength(37);
  expect(await problemOf(await get('/v1/papers/chen2023-tabel3'))).toMatchObject({ status: 404, detail: expect.stringContaining('did you mean chen2023-table3?') as string });
  expect(await problemOf(await get(`${path}?sweep=nope`))).toMatchObject({ status: 404 });
  expect(await problemOf(await get(`${path}?sweep=${sweepId}&fixed=sampler:lms`))).toMatchObject({ status: 404, detail: expect.stringContaining('with sampler lms') as string });
});

test('a configuration is found by the first digits of its id, in the newest sweep or in one that is named', async () => {
  const id = await cellId();
  const cell = await json<CellDetail>(`/v1/cells/${id.slice(0, 10)}?sweep=${sweepId}`);
  expect(cell).toMatchObject({ sweepId, cellId: id, varying: { schedule: 'linear', inputScale: '0.5', sampler: 'ddim(eta 0)', steps: '5' }, trialsCut: false });
  expect(cell.trials).toHaveLength(2);
  expect(cell.stages.find(({ kind }) => kind === 'sample')?.outputs).toMatchObject([{ name: 'sheet', mediaType: 'image/png' }]);
  expect(await problemOf(await get(`/v1/cells/${id}?sweep=nosuch`))).toMatchObject({ status: 404, detail: expect.stringContaining('in sweep nosuch') });
  expect((await get('/v1/cells/best')).status).toBe(400);
});

test('an unknown table, an unknown metric and a wrong `fixed` are refused with an error that names them', async () => {
  for (const [path, place] of [['tables/network', 'name'], ['tables/sampler?metric=is', 'query.metric'], ['tables/sampler?fixed=heun', 'query.fixed.0'], ['tables/sampler?mertic=fid', 'query'], ['leaderboard?metric=fid_real', 'query.metric'], ['tables/sampler?held=steps:5', 'query.held'], ['tables/grid-by-sampler', 'name']] as const) {
    const response = await get(`/v1/sweeps/${sweepId}/${path}`);
    expect([response.status, ((await response.json()) as { problems: { path: string }[] }).problems[0]?.path]).toEqual([400, place]);
  }
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/tables/sampler?held=steps:5`))).toMatchObject({ detail: expect.stringContaining('expected fixed, the new name of held') });
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/tables/grid-by-sampler`))).toMatchObject({ detail: expect.stringContaining('expected discretisation-by-sampler, the new name of grid-by-sampler') });
  expect(await problemOf(await get(`/v1/sweeps/${sweepId}/tables/sampler?fixed=schedule:sigmoid`))).toMatchObject({ status: 404, detail: expect.stringContaining('choose schedule linear or cosine(0, 1, 1); inputScale 0.5 or 1') });
  const shown = `${sweepId} has no fid of n = 9; it has n = 64, evaluator ${evaluators[0]!.slice(0, 8)}: 16 configurations`;
  for (const path of ['tables/sampler?metric=fid&n=9', 'plot?format=json&metric=fid&n=9']) expect(await problemOf(await get(`/v1/sweeps/${sweepId}/${path}`))).toMatchObject({ status: 404, detail: expect.stringContaining(shown) });
  expect(await json(`/v1/sweeps/${sweepId}/plot?format=json&metric=fid&n=64&evaluator=${evaluators[0]!.slice(0, 8)}`)).toMatchObject({ n: 64, evaluator: evaluators[0] });
});

test('over all sweeps, scores of two evaluators form two groups, each ranked separately, as SQL ranks it', async () => {
  const { groups } = await json<{ groups: { evaluator: string; rows: LeaderboardRow[] }[] }>('/v1/leaderboard');
  expect(groups.map(({ evaluator }) => evaluator).sort()).toEqual([...evaluators]);
  for (const { evaluator, rows } of groups) {
    const sql = await server.sql<{ cell_id: string; rank: number }>(`select cell_id, rank() over (order by mean)::int as rank from cell_scores where evaluator = $1 and metric = 'fid'`, [evaluator]);
    expect(rows.map(({ cellId, rank }) => `${rank} ${cellId}`).sort()).toEqual(sql.map((row) => `${row.rank} ${row.cell_id}`).sort());
  }
});

test('a leaderboard is ranked by the requested metric, in every format', async () => {
  const { groups } = await json<{ groups: LeaderboardGroup[] }>(`/v1/sweeps/${sweepId}/leaderboard?metric=kid`);
  const means = groups[0]!.rows.map(({ metrics }) => metrics['kid']!.mean);
  expect([groups[0]!.metric, means]).toEqual(['kid', [...means].sort((a, b) => a - b)]);
  expect(await (await get(`/v1/sweeps/${sweepId}/leaderboard?metric=kid&format=markdown`)).text()).toContain('Cells by KID, lower is better');
});

test('all of a leaderboard comes as CSV, row by row as pages have it; other formats have no such answer', async () => {
  const path = `/v1/sweeps/${sweepId}/leaderboard`;
  const page = (await (await get(`${path}?format=csv&limit=200`)).text()).trimEnd().split('\r\n');
  const whole = (await (await get(`${path}?format=csv&all=true`)).text()).trimEnd().split('\r\n');
  expect(page.length).toBeGreaterThan(16);
  expect(whole).toEqual(page);
  const kept = (await (await get(`${path}?format=csv&all=true&keep=sampler:heun&metric=kid`)).text()).trimEnd().split('\r\n');
  expect([kept.length, kept.every((line, i) => i === 0 || line.includes(',heun,'))]).toEqual([1 + (page.length - 1) / 2, true]);
  expect((await get(`${path}?format=markdown&all=true`)).status).toBe(400);
  expect(await problemOf(await get(`${path}?format=csv&all=true&keep=sampler:huen`))).toMatchObject({ status: 400, detail: expect.stringContaining('ddim(eta 0)') });
});

test('a worker is late by the clock of the database, not by that of the reader', async () => {
  await server.sql(`insert into workers (id, host, pid, engine, kinds, concurrency, state, seen_at) values ('w-late', 'h', 1, 'simd', '{train}', 1, 'active', now() - interval '40 s'), ('w-here', 'h', 2, 'simd', '{train}', 1, 'active', now() + interval '1 day')`);
  const { workers } = await json<{ workers: { id: string; late: boolean }[] }>('/v1/workers?gone=true');
  expect(Object.fromEntries(workers.map(({ id, late }) => [id, late]))).toMatchObject({ 'w-late': true, 'w-here': false });
  await server.sql(`delete from workers where id in ('w-late', 'w-here')`);
});

test('a leaderboard comes page by page, compressed where the client takes that, and an event stream does not', async () => {
  const first = await json<{ groups: LeaderboardGroup[]; nextCursor: string }>(`/v1/sweeps/${sweepId}/leaderboard?limit=5`);
  const second = await json<{ groups: LeaderboardGroup[] }>(`/v1/sweeps/${sweepId}/leaderboard?limit=200&cursor=${first.nextCursor}`);
  const rows = [...first.groups, ...second.groups].flatMap((group) => group.rows);
  const sorted = await json<{ groups: LeaderboardGroup[] }>(`/v1/sweeps/${sweepId}/leaderboard?sort=inputScale&order=descending`);
  expect(sorted.groups.flatMap((group) => group.rows.map(({ config }) => config['inputScale']))).toEqual([1, 0.5].flatMap((scale) => Array.from({ length: 8 }, () => scale)));
  for (const query of ['sort=colour', 'order=descending', 'sort=nfe&format=csv&all=true']) expect((await get(`/v1/sweeps/${sweepId}/leaderboard?${query}`)).status).toBe(400);
  expect([first.groups[0]!.rows.length, rows.length, rows.map(({ rank }) => rank)]).toEqual([5, 16, Array.from({ length: 16 }, (_, i) => i + 1)]);
  const encodingOf = (path: string) => new Promise((resolve, reject) => {
    const request = httpRequest(server.url + path, { headers: { 'accept-encoding': 'gzip' } }, (response) => { resolve(response.headers['content-encoding']); request.destroy(); });
    request.on('error', reject).end();
  });
  expect(await Promise.all([`/v1/sweeps/${sweepId}/leaderboard`, `/v1/sweeps/${sweepId}/report`, `/v1/sweeps/${sweepId}/events`].map(encodingOf))).toEqual(['gzip', 'gzip', undefined]);
});

test('an artifact is sent with its media type and may be cached forever; a matching ETag gets 304', async () => {
  const hash = createHash('sha256').update(png).digest('hex');
  const response = await get(`/v1/artifacts/${hash}`);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(png);
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': 'image/png', etag: `"${hash}"`, 'cache-control': 'private, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' });
  const held = await get(`/v1/artifacts/${hash}`, { 'if-none-match': `"other", W/"${hash}"` });
  expect([held.status, await held.text()]).toEqual([304, '']);
  expect((await get(`/v1/artifacts/${hash}`, { 'if-none-match': '"other"' })).status).toBe(200);
});

test('of an artifact a part is sent on its own, if it is one', async () => {
  const hash = await artifactOf('0123456789'.repeat(10));
  const part = await get(`/v1/artifacts/${hash}`, { range: 'bytes=95-' });
  expect([part.status, await part.text(), part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, '56789', 'bytes 95-99/100', '5']);
  const whole = await get(`/v1/artifacts/${hash}`, { range: 'bytes=100-' });
  expect([whole.status, (await whole.text()).length, whole.headers.get('accept-ranges')]).toEqual([200, 100, 'bytes']);
  await writeFile(fileOf(server.services.env.home.artifacts, hash), 'x'.repeat(100));
  expect(await problemOf(await get(`/v1/artifacts/${hash}`, { range: 'bytes=0-1' }))).toMatchObject({ code: 'artifact.corrupt' });
});

/** A separate artifact, recorded in the database. */
async function artifactOf(text: string): Promise<string> {
  const { hash, sizeBytes, mediaType } = await server.services.store.artifacts.put(Buffer.from(text), 'text/plain');
  await server.sql('insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3)', [hash, sizeBytes, mediaType]);
  return hash;
}

test('a corrupt artifact is answered with a problem, never cached, and missing from then on', async () => {
  const hash = await artifactOf('as it was written');
  await writeFile(fileOf(server.services.env.home.artifacts, hash), 'as it was rotten!');
  expect(await problemOf(await get(`/v1/artifacts/${hash}`))).toMatchObject({ status: 500, code: 'artifact.corrupt', caching: 'no-store', errorId: expect.any(String) });
  expect(await problemOf(await get(`/v1/artifacts/${hash}`))).toMatchObject({ status: 404, code: 'artifact.missing' });
});

test('a large artifact is streamed; if it turns out to be corrupt, the response is cut short and never cached', async () => {
  const hash = await artifactOf('whole '.repeat(100_000));
  expect((await (await get(`/v1/artifacts/${hash}`)).text())).toBe('whole '.repeat(100_000));
  await writeFile(fileOf(server.services.env.home.artifacts, hash), 'wrong '.repeat(100_000));
  await expect(get(`/v1/artifacts/${hash}`).then((response) => response.text())).rejects.toThrow(/terminated/);
  expect((await get(`/v1/artifacts/${hash}`)).status).toBe(404);
});

if (process.platform !== 'linux') console.warn('an artifact that the disk cannot read: not tested here, because only Linux has /proc');
(process.platform === 'linux' ? test : test.skip)('an artifact that the disk cannot read is answered with a problem and logged', async () => {
  const hash = await artifactOf('on a bad disk');
  const path = fileOf(server.services.env.home.artifacts, hash);
  await rm(path);
  // a plain file whose first byte gives EIO
  await symlink('/proc/self/mem', path);
  expect(await problemOf(await get(`/v1/artifacts/${hash}`))).toMatchObject({ status: 500, code: 'internal', errorId: expect.any(String) });
});

/** fetch would resolve the dots itself. */
const rawStatus = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => httpRequest(server.url, { path }, (response) => resolve(response.resume().statusCode)).on('error', reject).end());

test('no artifact name leads out of the store', async () => {
  const secret = '/../../../../../../etc/passwd';
  for (const path of [secret, encodeURIComponent(secret), encodeURIComponent('..\\..\\etc'), 'incoming', `${'a'.repeat(64)}%00`, 'A'.repeat(64)]) {
    expect([400, 404]).toContain(await rawStatus(`/v1/artifacts/${path}`));
  }
  expect(await rawStatus(`/v1/artifacts/${'a'.repeat(64)}`)).toBe(404);
});

test('a stage is found by the first eight digits of its id, but not by seven', async () => {
  const id = await scoreStage();
  expect(await json(`/v1/stages/${id.slice(0, 8)}`)).toMatchObject({ id, kind: 'score', state: 'done', provenance: { engine: 'simd' } });
  expect((await get(`/v1/stages/${id.slice(0, 7)}`)).status).toBe(400);
});

test('what a training that is under way shows is a picture of its stage, there while there is one', async () => {
  const id = await scoreStage();
  expect([(await json(`/v1/stages/${id}`) as { previewAt: unknown }).previewAt, (await get(`/v1/stages/${id}/preview`)).status]).toEqual([null, 404]);
  await server.sql(`insert into attempts (stage_id, token, worker_id) values ($1, 7, 'w')`, [id]);
  try {
    await server.sql(`insert into stage_previews values ($1, 7, '2026-01-02T03:04:05Z', $2)`, [id, Buffer.from('a picture')]);
    const answer = await get(`/v1/stages/${id}/preview?at=now`);
    expect([answer.headers.get('content-type'), answer.headers.get('cache-control'), answer.headers.get('x-content-type-options'), await answer.text()]).toEqual(['image/png', 'no-store', 'nosniff', 'a picture']);
    expect(await json(`/v1/stages/${id}`)).toMatchObject({ previewAt: '2026-01-02T03:04:05.000Z' });
  } finally {
    await server.sql('delete from attempts where stage_id = $1 and token = 7', [id]);
  }
});

test('a stage\'s log is that of its latest attempt that has one', async () => {
  const id = await scoreStage();
  expect((await get(`/v1/stages/${id}/log`)).status).toBe(404);
  const hash = await artifactOf('<i>worked</i>\n');
  await server.sql(`insert into attempts (stage_id, token, worker_id, outcome, log_hash) values ($1, 1, 'w', 'failed', $2), ($1, 2, 'w', 'expired', null)`, [id, hash]);
  const log = await get(`/v1/stages/${id}/log`);
  expect([log.headers.get('content-type'), await log.text()]).toEqual(['text/plain; charset=utf-8', '<i>worked</i>\n']);
  await server.sql(`insert into log_parts values ($1, 2, 0, $2)`, [id, 'killed \x1b[2J\n']);
  expect(await Promise.all(['', '?attempt=1', '?attempt=2'].map(async (which) => (await get(`/v1/stages/${id}/log${which}`)).text()))).toEqual(['killed \\x1b[2J\n', '<i>worked</i>\n', 'killed \\x1b[2J\n']);
  const answer: unknown = await json(`/v1/stages/${id}/log.json?attempt=2`);
  expect(attemptLogSchema.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject({ token: 2, outcome: 'expired', whole: false, text: 'killed \x1b[2J\n' });
  expect(answer).toMatchObject({ leftOut: 0 });
  await server.sql(`insert into log_parts values ($1, 2, 1, $2)`, [id, 'again\nand again\n']);
  expect(await json(`/v1/stages/${id}/log.json?attempt=2&last=12`)).toMatchObject({ text: 'and again\n', leftOut: 18 });
  expect([await (await get(`/v1/stages/${id}/log?attempt=2&last=12`)).text(), (await get(`/v1/stages/${id}/log?last=0`)).status]).toEqual(['and again\n', 400]);
  expect((await get(`/v1/stages/${id}/log?attempt=3`)).status).toBe(404);
});

test('the report shows numbers and images, and escapes the sweep\'s name', async () => {
  const report = await (await get(`/v1/sweeps/${sweepId}/report`)).text();
  expect(report).toContain('&lt;b&gt;scored');
  expect(report).not.toContain('<b>scored');
  expect(report).toContain('n = 64');
  expect(report.match(/src="data:image\/png;base64,/g)).toHaveLength(16);
  expect(report).toContain('noise-schedule: KID');
});

test('a report leaves out a sample sheet whose file is corrupt, and says how many', async () => {
  const id = await submitScored(server, scoredSweep.replace('images: 256', 'images: 1024'));
  const bytes = Buffer.from('corrupt soon');
  const { hash } = await server.services.store.artifacts.put(bytes, 'image/png');
  await server.sql('insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3)', [hash, bytes.length, 'image/png']);
  await server.sql(`update stage_outputs set hash = $2 where name = 'sheet' and stage_id in (select s.stage_id from trials t join trial_stages s on s.trial_id = t.id and s.role = 'sample' join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id where t.sweep_id = $1 and c.position = 0)`, [id, hash]);
  await writeFile(fileOf(server.services.env.home.artifacts, hash), 'other bytes!');
  const report = await get(`/v1/sweeps/${id}/report`);
  expect(report.status).toBe(200);
  const text = await report.text();
  expect(text.match(/src="data:image\/png;base64,/g)).toHaveLength(15);
  expect(text).toContain('cannot be read: 1');
});

test.each([
  ['/v1/sweeps', sweepListSchema], ['/v1/sweeps/:sweep', sweepSchema], ['/v1/sweeps/:sweep/stages?limit=200', stageListSchema], ['/v1/sweeps/:sweep/failures', failuresSchema], ['/v1/stages/:stage', stageSchema], ['/v1/sweeps/:sweep/ledger', ledgerSchema], ['/v1/sweeps/:sweep/eta', etaSchema], ['/v1/ledgers?limit=1', ledgerListSchema], ['/v1/stages/:stage/provenance', provenanceSchema],
  ['/v1/sweeps/:sweep/leaderboard', leaderboardSchema], ['/v1/leaderboard', leaderboardSchema], ['/v1/sweeps/:sweep/tables', tableListSchema], ['/v1/sweeps/:sweep/trials', trialsPageSchema], ['/v1/sweeps/:sweep/plot?format=json', metricPlotSchema], ['/v1/sweeps/:sweep/pareto', paretoSchema], ['/v1/sweeps/:sweep/graph', stageGraphSchema], ['/v1/sweeps/:sweep/parallel?format=json', parallelSchema], ['/v1/sweeps/:sweep/trajectories?format=json', trajectoryListSchema], ['/v1/sweeps/:sweep/sizes', problemSchema, 404], ['/v1/sweeps/:sweep/plots', plotListSchema], ['/v1/sweeps/:sweep/effects', effectsSchema], ['/v1/cells/:cell', cellSchema], ['/v1/sweeps/:sweep/tables/sampler', ablationTableSchema],
  ['/v1/sweeps/:sweep/sheets', sheetListSchema], ['/v1/workers?gone=true', workerListSchema], ['/v1/queue', queueSchema], ['/healthz', healthSchema], ['/readyz', readinessSchema], ['/v1/sweeps/nope', problemSchema, 404],
])('the response of %s is what the OpenAPI document describes, no more and no less', async (path, schema, status = 200) => {
  await server.sql(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ('w1', 'h', 1, 'simd', '{train}', 1, 'gone') on conflict do nothing`);
  await server.sql(`insert into attempts (stage_id, token, worker_id, outcome, error) values ($1, 9, 'w1', 'failed', '{"code": "stage.crashed", "message": "killed", "fingerprint": "0123456789ab"}') on conflict do nothing`, [await scoreStage()]);
  const response = await get(path.replace(':sweep', sweepId).replace(':stage', await scoreStage()).replace(':cell', await cellId()));
  const body = await response.json();
  expect([response.status, schema.parse(body)]).toEqual([status, body]);
});

test('what was imported is listed, stands beside the scores of a sweep, and can be deleted', async () => {
  const body = { file: 'edm.csv', source: 'arXiv 2206.00364', metric: 'fid', evaluator: evaluators[0], n: 64, rows: [{ value: 2.5, values: { sampler: 'heun' } }, { value: null, values: {} }] };
  const send = (some: object) => fetch(`${server.url}/v1/imports`, { method: 'POST', body: JSON.stringify(some), headers: { 'content-type': 'application/json' } });
  const [first, second] = [await send(body), await send(body)];
  expect([first.status, second.status]).toEqual([201, 200]);
  const made = importedSchema.parse(await first.json());
  expect(importedSchema.parse(await second.json())).toEqual({ ...made, created: false });
  const paths = [['/v1/imports', importListSchema], [`/v1/imports/${made.id}`, importSchema], [`/v1/sweeps/${sweepId}/imported`, importedForSweepSchema]] as const;
  for (const [path, schema] of paths) {
    const found = await json<unknown>(path);
    expect(schema.parse(found)).toEqual(found);
  }
  expect(await json(`/v1/sweeps/${sweepId}/imported`)).toMatchObject({ metric: 'fid', groups: [{ evaluator: evaluators[0], n: 64, scores: [{ id: made.id, value: 2.5, owner: 'local', file: 'edm.csv' }, { value: null }] }], incomparable: [] });
  for (const wrong of [{ ...body, rows: [] }, { ...body, metric: 'is' }, { ...body, n: 0 }, { ...body, rank: 1 }]) expect((await send(wrong)).status).toBe(400);
  expect((await fetch(`${server.url}/v1/imports/${made.id}`, { method: 'DELETE' })).status).toBe(200);
  expect((await get(`/v1/imports/${made.id}`)).status).toBe(404);
});

test('the responses to a submission and to a dry run are as documented too', async () => {
  const plan = await (await post(`${server.url}/v1/sweeps/plan`, scoredSweep)).json();
  expect(planSchema.parse(plan)).toEqual(plan);
  expect(plan).toMatchObject({ alreadyDone: (plan as { stages: { stages: number }[] }).stages.reduce((sum, { stages }) => sum + stages, 0), estimatedSeconds: 0 });
  const more = await (await post(`${server.url}/v1/sweeps/plan?why=true`, scoredSweep.replace('sample: [1]', 'sample: [2]'))).json() as { why: unknown[] };
  expect(planSchema.parse(more)).toEqual(more);
  expect(more.why[0]).toMatchObject({ kind: 'sample', stages: 32, why: 'differs', differences: [{ path: 'seed', from: [1], to: [2] }] });
  const sweep = await (await post(`${server.url}/v1/sweeps`, scoredSweep)).json();
  expect(sweepSchema.parse(sweep)).toEqual(sweep);
  expect(sweep).toMatchObject({ state: 'done' });
});
