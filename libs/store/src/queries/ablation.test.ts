import type { AskedScores, ScoreBasis } from '@elucidate/experiment/score-basis';
import { baseConfig, cosine, insertSweep, realBaselines } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { ablationTable } from './ablation.js';

const store = useDatabase();
const linear = baseConfig.schedule;
const ddim = { kind: 'ddim', eta: 0 };

/** 2 schedules x 2 scales x 2 samplers; the mean FID of a cell says where it is: heun 1x, ddim 2x. */
const grid = [
  ['ll', linear, 0.5, baseConfig.sampler, 11], ['lh', linear, 1, baseConfig.sampler, 13],
  ['cl', cosine, 0.5, baseConfig.sampler, 15], ['ch', cosine, 1, baseConfig.sampler, undefined],
  ['dll', linear, 0.5, ddim, 21], ['dlh', linear, 1, ddim, 23],
  ['dcl', cosine, 0.5, ddim, 25], ['dch', cosine, 1, ddim, undefined],
] as const;

beforeAll(() => insertSweep(store.db, 'grid', grid.map(([id, schedule, inputScale, sampler, fid]) => ({
  id, config: { ...baseConfig, schedule, inputScale, sampler },
  trials: fid === undefined ? [{}] : [{ fid: fid - 1 }, { fid: fid + 1 }],
}))));

// two values 2 apart: the t quantile of 1 degree of freedom, tan(0.475 pi), times a standard error of 1
const half = Math.tan(0.475 * Math.PI);

/** Of two trials, one below and one above the mean. */
const entry = (mean: number) => ({ mean, stddev: Math.SQRT2, min: mean - 1, max: mean + 1, count: 2, diverged: 0, n: 2048, real: realBaselines.fid, trials: 2, confidence: { trainingRuns: 1, samples: 2, reach: 'samples', bestOfThree: null, interval: { low: expect.closeTo(Math.max(0, mean - half), 9) as number, high: expect.closeTo(mean + half, 9) as number } } });

const heunTable = {
  name: 'noise-schedule', sweepId: 'grid', metric: 'fid', rowAxis: 'noise schedule', columnAxis: 'input scale b',
  rows: ['linear', 'cosine(0, 1, 1)'], columns: ['0.5', '1'],
  cells: [
    [entry(11), entry(13)],
    [entry(15), null],
  ],
  // on both sample seeds linear is 4 lower
  standings: [
    [{ apart: false, toBest: null }, { apart: false, toBest: null }],
    [{ apart: true, toBest: { mean: 4, interval: { low: 4, high: 4 }, trainingRuns: 1, samples: 2, p: 0 } }, null],
  ],
  fixed: { parameterisation: 'eps', sampler: 'heun', steps: '10' }, choices: { sampler: ['heun', 'ddim(eta 0)'] },
  n: 2048, evaluator: 'e', real: realBaselines.fid, basis: expect.objectContaining({ metric: 'fid', evaluator: 'e', n: 2048, best: 11, real: { value: realBaselines.fid, n: 2048 }, leftOut: [] }) as ScoreBasis,
};

test('of two equally complete tables the one with the lower mean is shown, its axes in the order of the grid', async () => {
  expect(await ablationTable(store.db, { sweepId: 'grid', name: 'noise-schedule', metric: 'fid' })).toEqual(heunTable);
});

test('the input scale table has the same numbers, transposed', async () => {
  const table = await ablationTable(store.db, { sweepId: 'grid', name: 'input-scale', metric: 'fid' });
  expect(table).toMatchObject({ rowAxis: 'input scale b', rows: heunTable.columns, columns: heunTable.rows });
  expect(table.cells).toEqual([0, 1].map((column) => heunTable.cells.map((row) => row[column])));
});

test('each column compares its complete entries, at common seeds; others stand beside nothing, those of another evaluator are left out', async () => {
  const trials = (values: number[], over = {}) => values.map((fid, i) => ({ fid, trainSeed: i + 1, sampleSeed: 1, ...over }));
  const cell = (id: string, steps: number, inputScale: number, of: ReturnType<typeof trials>) => ({ id, config: { ...baseConfig, steps, inputScale }, trials: of });
  await insertSweep(store.db, 'standing', [
    cell('a1', 5, 1, trials([45.45, 46.12, 41.19])), cell('b1', 10, 1, trials([48.58, 48.56, 44.11])), cell('c1', 20, 1, trials([45, 47.5, 42])), cell('d1', 40, 1, trials([20, 21, NaN])),
    cell('a2', 5, 2, trials([1, 2, 3])), cell('b2', 10, 2, trials([4, 5, 6], { evaluator: 'other' })),
  ]);
  const { standings, cells } = await ablationTable(store.db, { sweepId: 'standing', name: 'steps-by-inputScale', metric: 'fid' });
  expect(standings!.map((row) => row.map((one) => one?.apart))).toEqual([[false, false], [true, undefined], [false, undefined], [undefined, undefined]]);
  expect(standings![1]![0]!.toBest).toMatchObject({ mean: expect.closeTo(2.83, 9) as number, trainingRuns: 3, samples: 1 });
  expect(cells[3]![0]).toMatchObject({ count: 2, diverged: 1, trials: 3 });
});

test.each([['noise-schedule', 'schedule-by-inputScale'], ['input-scale', 'inputScale-by-schedule'], ['sampler', 'sampler-by-steps']] as const)('the papers\' table %s is the same as %s', async (paper, pair) => {
  const ask = (name: typeof paper | typeof pair) => ablationTable(store.db, { sweepId: 'grid', name, metric: 'fid' });
  expect(await ask(pair)).toEqual({ ...(await ask(paper)), name: pair });
});

test.each([['ablation_noise_schedule', 'schedule', 'input_scale'], ['ablation_input_scale', 'input_scale', 'schedule']])('the view %s has an entry for each scored cell, by %s and %s', async (view, row, column) => {
  const found = await store.db.query(`select ${row} as "row", ${column} as "column", fixed->'sampler' as sampler, mean, stddev, count::int as count, real from ${view} where sweep_id = 'grid' and metric = 'fid'`);
  const axes = { schedule: (schedule: unknown) => schedule, input_scale: (_: unknown, scale: number) => scale } as const;
  const expected = grid.flatMap(([, schedule, scale, sampler, mean]) => (mean === undefined ? [] : [{
    row: axes[row as keyof typeof axes](schedule, scale), column: axes[column as keyof typeof axes](schedule, scale), sampler, mean, stddev: Math.SQRT2, count: 2, real: realBaselines.fid,
  }]));
  expect(found).toHaveLength(expected.length);
  expect(found).toEqual(expect.arrayContaining(expected));
});

test('the view ablation_sampler has the sampler and the number of steps as columns, the schedule among the fixed parameters', async () => {
  const [entry] = await store.db.query(`select sampler, steps, fixed->'schedule' as schedule, fixed ? 'steps' as has_steps, mean from ablation_sampler where sweep_id = 'grid' and metric = 'fid' order by mean limit 1`);
  expect(entry).toEqual({ sampler: baseConfig.sampler, steps: baseConfig.steps, schedule: linear, has_steps: false, mean: 11 });
});

test('any two parameters make a table', async () => {
  const table = await ablationTable(store.db, { sweepId: 'grid', name: 'sampler-by-inputScale', metric: 'fid', fixed: { schedule: 'linear' } });
  expect(table).toMatchObject({ rowAxis: 'sampler', columnAxis: 'input scale b', rows: ['heun', 'ddim(eta 0)'], columns: ['0.5', '1'], choices: { schedule: ['linear', 'cosine(0, 1, 1)'] } });
  expect(table.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([[11, 13], [21, 23]]);
});

test('a label selects another table, and each label that a table offers gives one', async () => {
  const question = { sweepId: 'grid', name: 'noise-schedule', metric: 'fid' } as const;
  const { choices } = await ablationTable(store.db, question);
  const tables = await Promise.all((choices['sampler'] ?? []).map((label) => ablationTable(store.db, { ...question, fixed: { sampler: label } })));
  expect(tables.map(({ fixed }) => fixed['sampler'])).toEqual(['heun', 'ddim(eta 0)']);
  expect(tables[1]?.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([[21, 23], [25, undefined]]);
  expect(tables.map((table) => table.choices)).toEqual([choices, choices]);
});

test('a more complete table is preferred to a better one that has hardly begun', async () => {
  await insertSweep(store.db, 'begun', [
    { id: 'a', config: { ...baseConfig, sampler: ddim }, trials: [{ fid: 1 }] },
    { id: 'b', config: { ...baseConfig, sampler: ddim, inputScale: 2 }, trials: [{}] },
    { id: 'c', config: baseConfig, trials: [{ fid: 50 }] },
    { id: 'd', config: { ...baseConfig, inputScale: 2 }, trials: [{ fid: 60 }] },
  ]);
  const table = await ablationTable(store.db, { sweepId: 'begun', name: 'noise-schedule', metric: 'fid' });
  expect(table.fixed).toMatchObject({ sampler: 'heun' });
  expect(table.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([[50, 60]]);
});

test('the sampler table has samplers in rows and steps in columns', async () => {
  const table = await ablationTable(store.db, { sweepId: 'grid', name: 'sampler', metric: 'fid', fixed: { schedule: 'linear', inputScale: '1' } });
  expect(table).toMatchObject({ rowAxis: 'sampler', columnAxis: 'steps', rows: ['heun', 'ddim(eta 0)'], columns: ['10'] });
  expect(table.cells.map((row) => row.map((cell) => cell?.mean))).toEqual([[13], [23]]);
});

test('before there are any scores a table has its axes and empty entries', async () => {
  const table = await ablationTable(store.db, { sweepId: 'grid', name: 'noise-schedule', metric: 'kid' });
  expect(table).toMatchObject({ rows: heunTable.rows, cells: [[null, null], [null, null]], evaluator: null, basis: null, n: null, real: null });
});

test('scores of two evaluators, or of two numbers of images, are in tables of their own, each naming the others; an entry whose trials all diverged is empty', async () => {
  await insertSweep(store.db, 'two', [
    { id: 'a', config: baseConfig, trials: [{ fid: 3 }, { fid: 5 }] },
    { id: 'b', config: { ...baseConfig, inputScale: 0.5 }, trials: [{ fid: 9, evaluator: 'other' }] },
    { id: 'c', config: { ...baseConfig, inputScale: 0.25 }, trials: [{ fid: NaN }] },
    { id: 'd', config: { ...baseConfig, inputScale: 2 }, trials: [{ fid: 1, n: 64 }, { fid: 3, n: 64 }] },
  ]);
  const ask = (scores?: AskedScores) => ablationTable(store.db, { sweepId: 'two', name: 'noise-schedule', metric: 'fid', scores });
  const groups = [{ evaluator: 'e', n: 2048, configurations: 1 }, { evaluator: 'other', n: 2048, configurations: 1 }, { evaluator: 'e', n: 64, configurations: 1 }];
  for (const [place, scores, means] of [[0, undefined, [4, undefined, undefined, undefined]], [1, { evaluator: 'oth' }, [undefined, 9, undefined, undefined]], [2, { n: 64 }, [undefined, undefined, undefined, 2]]] as const) {
    const { evaluator, n, cells, standings, basis } = await ask(scores);
    expect([{ evaluator, n }, cells[0]!.map((cell) => cell?.mean), basis!.leftOut]).toEqual([{ evaluator: groups[place]!.evaluator, n: groups[place]!.n }, means, groups.filter((_, other) => other !== place)]);
    expect(standings!.flat().filter((standing) => standing !== null)).toEqual([{ apart: false, toBest: null }]);
  }
  await expect(ask({ n: 64, evaluator: 'other' })).rejects.toThrow('Sweep two has no fid of n = 64, evaluator other; it has n = 2,048, evaluator e: 1 configuration; n = 2,048, evaluator other: 1 configuration; n = 64, evaluator e: 1 configuration');
});

test('a sweep that does not exist, and a combination that it does not have, are not found', async () => {
  const question = { sweepId: 'grid', name: 'sampler', metric: 'fid' } as const;
  await expect(ablationTable(store.db, { ...question, sweepId: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  const refused = (fixed: Record<string, string>) => ablationTable(store.db, { ...question, fixed }).then(() => 'found', (error: { code: string; message: string }) => [error.code, error.message]);
  const offered = 'schedule linear or cosine(0, 1, 1); inputScale 0.5 or 1';
  expect(await refused({ schedule: 'quadratic' })).toEqual(['not_found', `Sweep grid has no sampler table with schedule quadratic: choose ${offered} (not every combination exists)`]);
  expect(await refused({ parameterisation: 'v' })).toEqual(['not_found', `Sweep grid has no sampler table with parameterisation v: choose ${offered}; parameterisation eps (not every combination exists)`]);
  expect(await refused({ grid: 'karras(7)' }).then(String)).toContain('grid is called discretisation now');
  expect(await refused({ sampler: 'heun' })).toEqual(['not_found', `Sweep grid has no sampler table with sampler heun: sampler is not fixed in it; choose ${offered} (not every combination exists)`]);
});

test('for a metric for which higher is better the table with the higher mean is shown; the default is the first metric that the sweep requests', async () => {
  await insertSweep(store.db, 'precise', [
    { id: 'a', config: baseConfig, trials: [{ precision: 0.5, fid: 3 }] },
    { id: 'b', config: { ...baseConfig, sampler: ddim }, trials: [{ precision: 0.75, fid: 5 }] },
  ]);
  const question = { sweepId: 'precise', name: 'noise-schedule' } as const;
  expect(await ablationTable(store.db, { ...question, metric: 'precision' })).toMatchObject({ metric: 'precision', fixed: { sampler: 'ddim(eta 0)' }, real: realBaselines.precision });
  expect(await ablationTable(store.db, question)).toMatchObject({ metric: 'fid', fixed: { sampler: 'heun' } });
  await store.db.query(`update sweeps set spec = '{"evaluate": {"metrics": [{"kind": "precision"}, "kid"]}}' where id = 'precise'`);
  expect(await ablationTable(store.db, question)).toMatchObject({ metric: 'precision' });
});
