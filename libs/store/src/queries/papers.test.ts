import { localPrincipal } from '../principal.js';
import { baseConfig, insertSweep, type CellRow } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { listProblems, paperProblems } from '../verify-papers.js';
import type { Queryable } from '../queryable.js';
import { publishedTable, publishedTables } from './papers.js';
import { summarise } from './summaries.js';

const store = useDatabase();

const schedules = [
  { kind: 'linear' }, { kind: 'cosine', start: 0, end: 1, tau: 1 }, { kind: 'cosine', start: 0.2, end: 1, tau: 1 }, { kind: 'cosine', start: 0.2, end: 1, tau: 2 }, { kind: 'cosine', start: 0.2, end: 1, tau: 3 },
  { kind: 'sigmoid', start: -3, end: 3, tau: 0.9 }, { kind: 'sigmoid', start: -3, end: 3, tau: 1.1 }, ...[0.3, 0.5, 0.7, 0.9, 1.1].map((tau) => ({ kind: 'sigmoid', start: 0, end: 3, tau })),
].map((schedule) => ({ ...schedule, clipMin: 1e-9 }));
/** Means at 64 pixels, in the paper's order. */
const published64 = [2.04, 2.71, 2.15, 2.84, 3.3, 2.09, 2.03, 4.93, 3.12, 3.34, 2.29, 2.36];
const config = { ...baseConfig, dataset: { name: 'fashion-mnist', resolution: 16 }, extractor: { kind: 'standard' }, inputRange: 1, images: 24_000 };

/** Twelve schedules of which the FID is a function of the one published at 64 pixels, with two training seeds. */
const sweepLike = (fid: (published: number) => number): CellRow[] => schedules.map((schedule, index) => ({
  id: `c${index}`, config: { ...config, schedule }, trials: [1, 2].map((trainSeed) => ({ trainSeed, fid: fid(published64[index]!) + (trainSeed === 1 ? -1 : 1), n: 512 })),
}));

const comparisons = (sweepId: string, where = 'true'): Promise<Record<string, unknown>[]> => store.db.query(`select * from paper_comparisons where sweep_id = $1 and ${where} order by row_place, column_place`, [sweepId]);

describe('a sweep with the same order as the paper', () => {
  beforeAll(() => insertSweep(store.db, 'same', sweepLike((published) => 10 * published)));

  test('agrees in rank at that resolution, and is not comparable in value, with every reason', async () => {
    const [first] = await comparisons('same', `column_name = '64x64' and row_name = '1-t'`);
    expect(first).toMatchObject({ published: 2.04, mean: 20.4, tau: 1, tau_rows: '12', own_rank: '2', published_rank: '2', difference: null });
    expect(first!['not_comparable']).toBe('other data set (imagenet, here fashion-mnist), other resolution (64, here 16), other extractor (inception, here standard), other n (50000, here 512)');
    expect(first!['verdict']).toMatch(/^not comparable in value: other data set .*; agrees in rank: tau 1\.00, 95 % interval 0\.\d\d to 1\.00, 12 rows$/);
  });

  test('has each entry of the paper once in every column, by the schedule at input scale 1', async () => {
    expect(await comparisons('same', `table_id = 'chen2023-table3'`)).toHaveLength(36);
    // Table 4 has the same configurations at b = 1: cosine(0.2, 1, 1) and 1-t
    expect((await comparisons('same', `table_id = 'chen2023-table4'`)).map(({ row_name, here }) => [row_name, here])).toEqual([...Array(3)].flatMap(() => [['1', 'here, cosine'], ['1', 'here, 1-t']]));
  });

  test('has a tau and an interval that follow from its rows by another formulation', async () => {
    for (const column of ['64x64', '128x128', '256x256']) {
      const found = await comparisons('same', `table_id = 'chen2023-table3' and column_name = '${column}'`);
      const [ours, theirs] = [found.map(({ mean }) => Number(mean)), found.map(({ published }) => Number(published))];
      // tau-b by counting concordant, discordant and tied pairs; Fieller's interval
      const pairs = ours.flatMap((a, i) => ours.slice(i + 1).map((b, k) => [a - b, theirs[i]! - theirs[i + 1 + k]!] as const));
      const [agree, differ] = [pairs.filter(([o, t]) => o * t > 0).length, pairs.filter(([o, t]) => o * t < 0).length];
      const tau = (agree - differ) / Math.sqrt(pairs.filter(([o]) => o !== 0).length * pairs.filter(([, t]) => t !== 0).length);
      expect(found[0]!['tau']).toBeCloseTo(tau, 12);
      if (tau < 1) expect([found[0]!['tau_low'], found[0]!['tau_high']]).toEqual([-1, 1].map((sign) => expect.closeTo(Math.tanh(Math.atanh(tau) + sign * 1.959964 * Math.sqrt(0.437 / 8)), 6) as number));
    }
  });

  test('is laid out as the paper, ours beside theirs, with the paper\'s rule for bold', async () => {
    const table = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3' });
    expect(table).toMatchObject({ rowTitle: 'gamma(t)', columns: [{ name: '64x64', here: 'here' }, { name: '128x128' }, { name: '256x256' }], sweep: { id: 'same', groups: 1, evaluators: ['e'], fixed: { sampler: 'heun' } } });
    expect(table.rows).toHaveLength(12);
    // ours are ten times the paper's, so its bold entries are ours
    expect(table.entries.map((row) => row[0]?.ours?.bold)).toEqual(table.entries.map((row) => row[0]?.bold));
  });
});

test('the only one of a column is not in bold, and that follows from its numbers', async () => {
  await insertSweep(store.db, 'only', sweepLike((published) => 10 * published).slice(0, 1));
  const table = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'only' });
  expect(paperProblems(table)).toEqual([]);
  expect(table.entries.map(([entry]) => entry?.ours?.bold).filter((bold) => bold !== undefined)).toEqual([false]);
});

test('an interval ends where the values of its metric do, and that follows from its numbers', async () => {
  const cells = sweepLike((published) => 10 * published);
  cells[1] = { ...cells[1]!, trials: [1, 30].map((fid, i) => ({ trainSeed: i + 1, fid, n: 512 })) };
  await insertSweep(store.db, 'wide', cells);
  const table = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'wide' });
  expect(table.entries[1]?.[0]?.ours).toMatchObject({ mean: 15.5, low: 0, high: expect.closeTo(15.5 + 12.706205 * 14.5, 4) as number });
  expect(paperProblems(table)).toEqual([]);
});

test('a sweep in the opposite order contradicts in rank', async () => {
  await insertSweep(store.db, 'opposite', sweepLike((published) => 60 - 10 * published));
  expect((await comparisons('opposite', `column_name = '64x64'`))[0]).toMatchObject({ tau: -1, verdict: expect.stringContaining('contradicts in rank: tau -1.00') as string });
});

test('incomplete and diverged configurations are ranked with none, and say why', async () => {
  const cells = sweepLike((published) => 10 * published);
  cells[0] = { ...cells[0]!, trials: [{ trainSeed: 1, fid: 1, n: 512 }, { trainSeed: 2, sampleSeed: 3 }] };
  cells[1] = { ...cells[1]!, trials: [{ trainSeed: 1, fid: 1, n: 512 }, { trainSeed: 2, fid: Number.NaN, n: 512 }] };
  await insertSweep(store.db, 'partial', cells);
  const found = await comparisons('partial', `table_id = 'chen2023-table3' and column_name = '64x64'`);
  expect(found.map(({ own_rank }) => own_rank).slice(0, 3)).toEqual([null, null, '3']);
  expect(found[0]!['verdict']).toMatch(/; not ranked: 1 of 2 trials have ended$/);
  expect(found[1]!['verdict']).toMatch(/; not ranked: 1 of 2 trials diverged$/);
  expect(found[2]).toMatchObject({ tau: 1, tau_rows: '10' });
  // the first has the smallest mean, of one trial
  const table = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'partial' });
  expect(table.entries.map(([entry]) => entry?.ours?.bold)).toEqual(found.map(({ own_rank }) => own_rank === '1'));
  expect(paperProblems(table)).toEqual([]);
});

test('of a large sweep the configurations that match are compared, and no others are read', async () => {
  await insertSweep(store.db, 'among', sweepLike((published) => 10 * published));
  await store.db.query(`insert into cells select 'among', 'n' || i, 100 + i, '{"schedule": {"kind": "none of these"}, "inputScale": 1}'::jsonb || jsonb_build_object('steps', i) from generate_series(1, 3000) i`);
  await store.db.query(`insert into trials (sweep_id, cell_id, train_seed, sample_seed) select 'among', 'n' || i, 1, 1 from generate_series(1, 3000) i`);
  await store.db.query(`insert into changed_sweeps (sweep_id) values ('among')`);
  while (await summarise(store.db));
  await store.db.query('analyze');
  const asked = { table: 'chen2023-table3', sweepId: 'among' };
  const whole = await comparisons('among', `table_id = 'chen2023-table3'`);
  await store.db.transaction(async (tx) => {
    const read = async (): Promise<number> => (await tx.query<[{ rows: number }]>(`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname in ('cells', 'trials')`))[0].rows;
    const before = await read();
    const { entries } = await publishedTable(tx, localPrincipal, asked);
    expect((await read()) - before).toBeLessThan(1000);
    expect(entries.flat().map((entry) => [entry!.ours!.mean, entry!.ours!.verdict])).toEqual(whole.map(({ mean, verdict }) => [mean, verdict]));
  });
});

describe('figures that can be compared', () => {
  // as if the lesson's own classifier had scored it
  const own = { ...config, dataset: { name: 'fashion-mnist', resolution: 32 }, extractor: { kind: 'course22p2-classifier' }, images: 1_500_000, steps: 100, sampler: { kind: 'euler', sChurn: 0, sTmin: 0, sNoise: 1 } };
  beforeAll(() => insertSweep(store.db, 'comparable', [{ id: 'euler', config: own, trials: [1, 2, 3].map((trainSeed) => ({ trainSeed, fid: 5 + trainSeed / 10, kid: 0.1 + trainSeed / 100, n: 2048 })) }]));

  test('lie within or outside our interval of t over training runs, with the difference', async () => {
    const [fid, kid] = await comparisons('comparable', `variant = 'corrected'`);
    const half = 4.3026527297 * 0.1 / Math.sqrt(3);
    expect(fid).toMatchObject({ published: (5.231 + 5.406) / 2, not_comparable: null, verdict: expect.stringMatching(/^within our interval/) as string });
    expect([fid!['mean'], fid!['low'], fid!['high'], fid!['difference']]).toEqual([5.2, 5.2 - half, 5.2 + half, 5.2 - 5.3185].map((value) => expect.closeTo(value, 9) as number));
    expect(kid).toMatchObject({ verdict: expect.stringMatching(/^outside our interval/) as string });
  });

  test('of the evaluator that was fed another range are not comparable', async () => {
    expect((await comparisons('comparable', `variant = 'as shown'`))[0]).toMatchObject({ not_comparable: 'other extractor (course22p2-classifier fed [-0.5, 0.5], here course22p2-classifier)', difference: null });
  });
});

test('of several configurations of a ladder a cell is the one that says most of it', async () => {
  const wide = { architecture: 'ddpm++', channels: [128, 256, 256, 256], blocks: 4, groups: 32, attention: false, scaleShift: false };
  const of = (id: string, own: object): CellRow => ({ id, config: { ...config, parameterisation: 'eps', noiseDistribution: { kind: 'vp' }, network: { ...wide, channels: [256, 256, 256] }, learningRate: 0.001, ...own }, trials: [{ fid: 1 }] });
  const edm = { parameterisation: 'edm', noiseDistribution: { kind: 'log-normal' }, lossWeight: { kind: 'edm' } };
  await insertSweep(store.db, 'ladder', [of('a', { network: wide, learningRate: 0.0002 }), of('b', { network: wide }), of('c', {}), of('d', { parameterisation: 'edm' }), of('e', { ...edm, augmentation: { kind: 'flips' } }), of('f', { ...edm, augmentation: { kind: 'edm' } })]);
  const found = await store.db.query(`select left(row_name, 1) as row, cell_id from ablation_edm_ladder where sweep_id = 'ladder' and column_name = 'CIFAR-10 uncond. VP' order by row_place`);
  expect(found).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ row: id.toUpperCase(), cell_id: id })));
});

test('the views have what papers published beside each cell, and else what they had', async () => {
  const views = await store.db.query(`select published->0->>'column' as "column", jsonb_array_length(published) as entries, mean from ablation_noise_schedule where sweep_id = 'same' and metric = 'fid' and schedule->>'kind' = 'linear'`);
  expect(views).toEqual([{ column: '64x64', entries: 3, mean: 20.4 }]);
  const board = await store.db.query(`select cell_id, published is null as "none", (metrics->'fid'->>'mean')::float as fid from leaderboard where sweep_id = 'same' order by position limit 1`);
  expect(board).toEqual([{ cell_id: 'c0', none: false, fid: 20.4 }]);
  const steps = await store.db.query(`select sampler->>'kind' as sampler, nfe_needed, published->0->>'column' as "column" from ablation_sampler_steps where sweep_id = 'comparable' and metric = 'fid'`);
  expect(steps).toEqual([{ sampler: 'euler', nfe_needed: 19, column: 'as shown, FID' }]);
  expect(await store.db.query(`select distinct table_id from lesson_ladder where sweep_id = 'comparable'`)).toEqual([{ table_id: 'lesson-karras' }]);
});

test('an unknown table names the nearest, and one without any sweep has the paper alone', async () => {
  await expect(publishedTable(store.db, localPrincipal, { table: 'chen2023-table33' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('did you mean chen2023-table3?') as string });
  expect(await publishedTable(store.db, localPrincipal, { table: 'chen2023-table5' })).toMatchObject({ sweep: null, figures: 53 });
  expect((await publishedTables(store.db)).map(({ id }) => id)).toContain('lesson-karras');
});

test('of several tables by other fixed values the fullest is shown, or the one that is named, each metric by the evaluator that most entries have', async () => {
  const [first, ...others] = sweepLike((published) => 10 * published);
  await insertSweep(store.db, 'several', [
    { ...first!, trials: first!.trials.map((trial) => ({ ...trial, evaluator: 'other' })) }, ...others,
    ...others.slice(0, 5).map((cell) => ({ ...cell, id: `${cell.id}-20`, config: { ...cell.config, steps: 20 }, trials: [{ fid: 1, n: 512 }] })),
  ]);
  const shown = async (fixed?: Record<string, string>) => {
    const { sweep, entries } = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'several', fixed });
    return { sweep, cells: entries.map(([entry]) => entry?.ours?.cellId ?? null) };
  };
  const rest = (count: number): null[] => Array<null>(count).fill(null);
  const fullest = { sweep: { groups: 2, evaluators: ['e'], fixed: { steps: '10' } }, cells: [null, ...others.map(({ id }) => id)] };
  expect(await shown()).toMatchObject(fullest);
  expect(await shown({ steps: '10' })).toMatchObject(fullest);
  expect(await shown({ steps: '20', sampler: 'heun' })).toMatchObject({ sweep: { groups: 2, fixed: { steps: '20' } }, cells: [null, ...others.slice(0, 5).map(({ id }) => `${id}-20`), ...rest(6)] });
  for (const name of ['steps', 'stesp']) await expect(shown({ [name]: '30' })).rejects.toMatchObject({ code: 'not_found' });
});

/** Scans of the cells in a transaction. */
const cellScans = async (tx: Queryable): Promise<number> => (await tx.query<{ n: number }[]>(`select (seq_scan + coalesce(idx_scan, 0))::int as n from pg_stat_xact_user_tables where relname = 'cells'`))[0]!.n;

test('the newest sweep with figures is found without reading the cells of one that has no configuration of the table', async () => {
  await insertSweep(store.db, 'unrelated', [1, 2, 3].map((steps) => ({ id: `u${steps}`, config: { ...config, inputScale: 0.123, steps }, trials: [{ fid: steps, n: 512 }] })));
  await store.db.query(`update sweeps set owner = 'ann' where id in ('unrelated', 'same')`);
  while (await summarise(store.db));
  const ann = { id: 'ann', scope: 'read' as const };
  expect((await publishedTable(store.db, ann, { table: 'chen2023-table3' })).sweep).toMatchObject({ id: 'same' });
  await store.db.query(`update sweeps set owner = 'local' where id = 'same'`);
  while (await summarise(store.db));
  await store.db.transaction(async (tx) => {
    const before = await cellScans(tx);
    expect((await publishedTable(tx, ann, { table: 'chen2023-table3' })).sweep).toBeNull();
    expect(await cellScans(tx)).toBe(before);
  });
});

test.each([1, 2, 3, 4, 7, 30, 31, 40, 200])('the quantile of t with %i degrees of freedom is that of its density', async (df) => {
  const [{ t }] = await store.db.query('select t_quantile($1) as t', [df]);
  // P(|T| < t) = integral of cos(u)^(df - 1) up to atan(t / sqrt(df)), over that up to pi/2
  const integral = (to: number): number => { let sum = 0; for (let i = 0; i < 20_000; i++) sum += Math.cos((i + 0.5) * to / 20_000) ** (df - 1); return sum * to / 20_000; };
  expect(integral(Math.atan(t / Math.sqrt(df))) / integral(Math.PI / 2)).toBeCloseTo(0.95, 6);
});

describe('what is loaded is verified', () => {
  test('every table equals its file, and every verdict follows from its numbers', async () => {
    expect(listProblems(await publishedTables(store.db))).toEqual([]);
    for (const { id } of await publishedTables(store.db)) {
      for (const sweepId of ['same', 'opposite', 'partial', 'comparable', 'ladder']) expect(paperProblems(await publishedTable(store.db, localPrincipal, { table: id, sweepId }))).toEqual([]);
    }
  });

  test('a figure that was changed in the database is named', async () => {
    await store.db.query(`update paper_figures set value = 2.4 where table_id = 'chen2023-table3' and row_place = 0 and column_place = 0`);
    expect(paperProblems(await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'same' }))).toEqual([expect.stringMatching(/the files have \["1-t","64x64","fid",2\.04,.*the database has not/), expect.stringMatching(/the database has .*2\.4,/)]);
    await store.db.query(`update paper_figures set value = 2.04 where table_id = 'chen2023-table3' and row_place = 0 and column_place = 0`);
  });

  test('a verdict that its numbers do not give is named', async () => {
    const table = await publishedTable(store.db, localPrincipal, { table: 'chen2023-table3', sweepId: 'same' });
    const ours = table.entries[0]![0]!.ours!;
    const with_ = (change: Partial<typeof ours>) => ({ ...table, entries: table.entries.map((row, r) => row.map((entry, c) => (r + c > 0 || entry === null ? entry : { ...entry, ours: { ...ours, ...change } }))) });
    expect(paperProblems(with_({ verdict: 'within our interval; agrees in rank' }))).toEqual([expect.stringContaining('verdict is "within our interval; agrees in rank"')]);
    expect(paperProblems(with_({ mean: 99 })).length).toBeGreaterThan(5);
  });
});
