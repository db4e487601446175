import { picked, plotOf } from '@elucidate/experiment/plot-points';
import type { PlotCell, PlotRequest } from '@elucidate/experiment/plot';
import { baseConfig, cosine, insertSweep, realBaselines, type TrialRow } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { localPrincipal } from '../principal.js';
import { ablationTable } from './ablation.js';
import { leaderboard } from './leaderboard.js';
import { rankings } from './leaderboard-scope.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';
import { sweepEffects } from './sweep-effects.js';
import { sweepLadder } from './sweep-ladder.js';
import { sweepParallel } from './sweep-parallel.js';
import { sweepPareto } from './sweep-pareto.js';
import { plottable, sweepPlot, sweepPlots } from './sweep-plot.js';
import { trainingRuns } from './training-runs.js';
import { sweepSizes } from './sweep-sizes.js';
import { sweepTrajectories } from './trajectories.js';

const store = useDatabase();
const ddim = { kind: 'ddim', eta: 0 };
const grid = [0.5, 1].flatMap((inputScale) => [baseConfig.sampler, ddim].flatMap((sampler) => [5, 10].map((steps) => ({ inputScale, sampler, steps }))));
const fidOf = (i: number): number => 10 + 3 * i;
const trialsOf = (i: number): TrialRow[] => {
  if (i === 7) return [{}];
  if (i === 6) return [{ fid: 1, evaluator: 'other', n: 128 }];
  if (i === 5) return [{ fid: NaN }, { fid: NaN }];
  return [{ fid: fidOf(i) - 1, nfe: 20 + i }, { fid: fidOf(i) + 1, nfe: 20 + i }];
};

beforeAll(async () => {
  await insertSweep(store.db, 'p', grid.map((values, i) => ({ id: `c${i}`, config: { ...baseConfig, ...values, extractor: { kind: 'random', seed: 1 } }, trials: trialsOf(i) })));
  await insertSweep(store.db, 'one', [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }] }]);
});

test('a picture has the mean and range of every configuration that compares, and counts the others', async () => {
  const plot = await sweepPlot(store.db, { sweepId: 'p' });
  expect(plot).toMatchObject({ metric: 'fid', n: 2048, evaluator: 'e', real: realBaselines.fid, basis: { extractor: 'random', evaluator: 'e', n: 2048, real: { value: realBaselines.fid, n: 2048 }, leftOut: [{ evaluator: 'other', n: 128, configurations: 1 }] }, cells: { drawn: 6, selected: 8 }, incomparable: 1 });
  expect(await sweepPlot(store.db, { sweepId: 'p', scores: { n: 128 } })).toMatchObject({ evaluator: 'other', points: [{ mean: 1 }], cells: { drawn: 1 }, basis: { leftOut: [{ evaluator: 'e', n: 2048, configurations: 5 }] } });
  expect(plot.points.map(({ x, line, facet, mean, min, max, count, diverged }) => [x, line, facet, mean, min, max, count, diverged])).toEqual([0, 1, 2, 3, 4, 5].map((i) => {
    const { inputScale, sampler, steps } = grid[i]!;
    const at = [inputScale, sampler.kind === 'heun' ? 'heun' : 'ddim(eta 0)', String(steps)];
    return i === 5 ? [...at, null, null, null, 0, 2] : [...at, fidOf(i), fidOf(i) - 1, fidOf(i) + 1, 2, 0];
  }));
});

test('a picture shows what the table of the same axes does', async () => {
  const [plot, table] = [await sweepPlot(store.db, { sweepId: 'p', x: 'steps', lines: 'sampler', facets: 'none', fixed: { inputScale: '0.5' } }), await ablationTable(store.db, { sweepId: 'p', name: 'sampler', fixed: { inputScale: '0.5' } })];
  expect(table.rows.map((row) => table.columns.map((column) => plot.points.find((point) => point.line === row && String(point.x) === column)?.mean))).toEqual(table.cells.map((row) => row.map((cell) => cell?.mean)));
});

test('each point has its own single scores by seed, and the interval that the table of the same axes has', async () => {
  const [plot, table] = [await sweepPlot(store.db, { sweepId: 'p', x: 'steps', lines: 'sampler', facets: 'none', fixed: { inputScale: '0.5' } }), await ablationTable(store.db, { sweepId: 'p', name: 'sampler', fixed: { inputScale: '0.5' } })];
  const [first] = plot.points;
  expect(first).toMatchObject({ cell: 'c0', trials: [{ train: 1, sample: 0, value: fidOf(0) - 1 }, { train: 1, sample: 1, value: fidOf(0) + 1 }] });
  expect(first!.confidence).toEqual(table.cells[table.rows.indexOf(first!.line!)]![table.columns.indexOf(String(first!.x))]!.confidence);
});

test('the number of images is that of the metric, not of the sampling', async () => {
  await insertSweep(store.db, 'fewer', [0.5, 1].map((inputScale) => ({ id: `c${inputScale}`, config: { ...baseConfig, inputScale }, trials: [{ 'fid': 3, 'fid@64': 7 }] })));
  expect(await sweepPlot(store.db, { sweepId: 'fewer', metric: 'fid@64' })).toMatchObject({ n: 64 });
  expect(await sweepPlot(store.db, { sweepId: 'fewer' })).toMatchObject({ n: 2048 });
});

test('against the number of images stand the scores at each n and the extrapolation of the trial, best configuration first', async () => {
  await insertSweep(store.db, 'sized', [0.5, 1].map((inputScale) => ({ id: `c${inputScale}`, config: { ...baseConfig, inputScale }, trials: [{ 'fid': 3, 'fid@64': 7 }] })));
  const details = { low: 1, high: 4, expectedBias: 0.5, sizes: [{ n: 2048, fid: 3 }, { n: 1024, fid: 4 }] };
  for (const [cell, value] of [['c0.5', 2], ['c1', 2.5]] as const) await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator, details) values ($1, 'fidinf', $2, 2048, 'e', $3)`, [`score-sized-${cell}-0`, value, JSON.stringify(details)]);
  const plot = await sweepSizes(store.db, { sweepId: 'sized' });
  expect(plot).toMatchObject({ metric: 'fid', among: 2, real: [{ n: 2048, value: realBaselines.fid }, { n: 64 }], basis: { metric: 'fid', n: 2048, weak: ['the extrapolated FID 2.00 has a wide interval over new images, ± 1.50'] } });
  expect(plot.lines.map(({ cell, label, expectedBias, points }) => [cell, label, expectedBias, points.map(({ n, mean, parts }) => [n, mean, parts])])).toEqual([['c0.5', 2], ['c1', 2.5]].map(([cell, value]) =>
    [cell, `inputScale ${String(cell).slice(1)}`, 0.5, [[null, value, false], [2048, 3, false], [1024, 4, true], [64, 7, false]]]));
  expect(plot.lines[0]!.points[0]).toMatchObject({ interval: { low: 1, high: 4 }, over: 'images' });
  await expect(sweepSizes(store.db, { sweepId: 'one' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('add {kind: fid, n: 256}, or fidinf,') as string });
});

test("what the scores rest on is what their score stage recorded, with the real-data baseline's own n", async () => {
  const evaluator = { weights: 'w', layer: 'pool, untrained', inputRange: [-1, 1], resize: 'none', reference: { dataset: 'fashion-mnist', split: 'test', size: 300, resolution: 32 }, metricVersion: 2 };
  await insertSweep(store.db, 'based', [0.5, 1].map((inputScale) => ({ id: `c${inputScale}`, config: { ...baseConfig, inputScale, extractor: { kind: 'random', seed: 1, channels: 1 } }, trials: [{ fid: 3 }, { fid: 1 }] })));
  await store.db.query(`update metrics set details = $1 where stage_id ~ '^score-based' and name = 'fid'`, [JSON.stringify({ evaluator })]);
  await store.db.query(`update metrics set n = 120 where stage_id ~ '^score-based' and name = 'fid_real'`);
  const basis = { extractor: 'random', weights: 'w', layer: 'pool, untrained', features: 64, inputRange: '[-1, 1]', reference: evaluator.reference, implementation: 2, real: { value: realBaselines.fid, n: 120 }, best: 2 };
  const weak = ['features of an untrained network say little about images', 'the reference has only 300 images', 'the real-data baseline is of only 120 images'];
  expect((await sweepPlot(store.db, { sweepId: 'based' })).basis).toMatchObject({ ...basis, weak });
  expect((await ablationTable(store.db, { sweepId: 'based', name: 'inputScale-by-steps' })).basis).toMatchObject({ ...basis, weak });
  expect((await leaderboard(store.db, localPrincipal, { sweepId: 'based' })).groups[0]!.bases).toMatchObject([{ ...basis, weak }]);
});

test('NFE comes from what the sampling stages counted', async () => {
  const { points } = await sweepPlot(store.db, { sweepId: 'p', x: 'nfe', lines: 'none', facets: 'none', fixed: { inputScale: '0.5', sampler: 'heun' } });
  expect(points.map(({ x, mean }) => [x, mean])).toEqual([[20, 10], [21, 13]]);
});

test('pictures can have every axis on which cells differ, with its values', async () => {
  const { plots, axes, metrics } = await plottable(store.db, 'p');
  expect(axes.map(({ path, numeric, values }) => [path, numeric, values.length])).toEqual([['inputScale', true, 2], ['sampler', false, 2], ['sampler.kind', false, 2], ['sampler.eta', true, 1], ['steps', true, 2], ['nfe', true, 0]]);
  expect([plots, metrics]).toEqual([await sweepPlots(store.db, 'p'), ['fid']]);
});

test('the pictures of a sweep are of what its cells differ on; a sweep of one cell has none, and one without that metric nothing to draw', async () => {
  expect(await sweepPlots(store.db, 'p')).toEqual([{}, { x: 'nfe', lines: 'sampler', facets: 'none' }]);
  expect(await sweepPlots(store.db, 'one')).toEqual([]);
  await expect(sweepPlot(store.db, { sweepId: 'p', metric: 'kid' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(sweepPlot(store.db, { sweepId: 'one' })).rejects.toMatchObject({ code: 'request.invalid' });
});

describe('device-seconds', () => {
  const seconds = (cell: number, seed: number): number => 2 + cell + seed / 4;
  beforeAll(async () => {
    const cells = [0.25, 0.5, 1].map((inputScale, i) => ({ id: `d${i}`, config: { ...baseConfig, inputScale }, trials: [1, 2, 3].map((trainSeed) => ({ fid: 30 - 10 * i + trainSeed + (i * trainSeed) / 8, trainSeed, sampleSeed: 1, nfe: 9 + i })) }));
    await insertSweep(store.db, 'timed', cells);
    await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ('w', 'h', 1, 'simd', '{}', 1, 'active') on conflict do nothing`);
    for (const [i, { trials }] of cells.entries()) {
      for (const [at, { trainSeed }] of trials.entries()) {
        const device = i === 2 && trainSeed === 3 ? 'H100' : 'EPYC';
        for (const [kind, took] of [['sample', seconds(i, trainSeed)], ['train', 100]] as const) {
          const stage = `${kind}-timed-d${i}-${at}`;
          await store.db.query(`update stages set token = 2, provenance = jsonb_build_object('device', $2::text, 'engine', 'simd', 'threads', 2) where id = $1`, [stage, device]);
          // a first attempt that was interrupted: a training goes on from its checkpoint, a sampling begins again
          await store.db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) values ($1, 1, 'w', '2024-01-01', timestamptz '2024-01-01' + interval '20 s', 'released'), ($1, 2, 'w', '2024-01-02', timestamptz '2024-01-02' + $2 * interval '1 s', 'done')`, [stage, took]);
        }
      }
    }
  });

  it('are those of the attempt that generated the images, on the device of most trials, with their range; other devices are named and left out', async () => {
    const plot = await sweepPlot(store.db, { sweepId: 'timed', x: 'sampleSeconds', lines: 'inputScale', facets: 'none' });
    expect(plot.work).toEqual({ device: 'EPYC, simd, 2 threads', trials: 8, others: [{ device: 'H100, simd, 2 threads', trials: 1 }] });
    expect(plot.points.map(({ x, line, across }) => [x, line, across!.low])).toEqual([0, 1, 2].map((i) => [expect.closeTo(seconds(i, i === 2 ? 1.5 : 2), 9), String([0.25, 0.5, 1][i]), seconds(i, 1)]));
    const all = await sweepPareto(store.db, { sweepId: 'timed', by: 'sampleSeconds' });
    expect(all.points.map(({ cell, work, workRange }) => [cell, work, workRange])).toEqual([0, 1, 2].map((i) => {
      const seeds = i === 2 ? [1, 2] : [1, 2, 3];
      const took = seeds.map((seed) => seconds(i, seed));
      return [`d${i}`, took.reduce((sum, one) => sum + one, 0) / took.length, { mean: expect.anything(), low: Math.min(...took), high: Math.max(...took) }];
    }));
  });

  it('of training are those of all its attempts', async () => {
    const { points } = await sweepPareto(store.db, { sweepId: 'timed', by: 'totalSeconds' });
    expect(points[0]!.work).toBe(120 + [1, 2, 3].reduce((sum, seed) => sum + seconds(0, seed), 0) / 3);
  });

  it('of training include those of levels that are optimised for it', async () => {
    const work = async () => (await sweepPareto(store.db, { sweepId: 'timed', by: 'totalSeconds' })).points.find(({ cell }) => cell === 'd0')!.work;
    const before = await work();
    await store.db.query(`insert into stages (id, kind, code_version, params, state, work, token, provenance) select 'levels', 'levels', 1, '{}', 'done', 1, 1, provenance from stages where id = 'sample-timed-d0-0'`);
    await store.db.query(`insert into trial_stages select id, 'levels', 'levels' from trials where cell_id = 'd0'`);
    await store.db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) values ('levels', 1, 'w', '2024-01-01', timestamptz '2024-01-01' + interval '7 s', 'done')`);
    expect(await work()).toBe(before! + 7);
  });

  it('and NFE each have the best for every budget, told apart from the rest at the same seeds', async () => {
    for (const by of ['nfe', 'sampleSeconds'] as const) {
      const { points, budgets } = await sweepPareto(store.db, { sweepId: 'timed', by });
      expect(budgets.map(({ best, among, tied }) => [points[best]!.cell, among, tied])).toEqual([['d0', 1, []], ['d1', 2, []], ['d2', 3, []]]);
      expect(points.every(({ onFront, standing }) => onFront && !standing.apart)).toBe(true);
    }
    expect(await sweepPareto(store.db, { sweepId: 'timed', fixed: { inputScale: '0.5' } })).toMatchObject({ points: [{ cell: 'd1', labels: { inputScale: '0.5' }, work: 10 }], basis: { evaluator: 'e', n: 2048 }, work: null });
    await expect(sweepPareto(store.db, { sweepId: 'timed', fixed: { inputScale: '3' } })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('are an axis along x only', async () => {
    await expect(sweepPlot(store.db, { sweepId: 'timed', lines: 'sampleSeconds' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

test('training runs have the losses that they recorded, each once, by the first configuration and seed that need them', async () => {
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('losses', 1, 'application/json') on conflict do nothing`);
  await store.db.query(`insert into stage_outputs select id, 'losses', 'losses' from stages where id like 'train-timed-%'`);
  const { runs, done, sweepName } = await trainingRuns(store.db, { sweepId: 'timed', limit: 4 });
  expect([done, sweepName]).toEqual([9, 'timed']);
  expect(runs.map(({ stageId, trainSeed, config }) => [stageId, trainSeed, config['inputScale']])).toEqual([['train-timed-d0-0', 1, 0.25], ['train-timed-d0-1', 2, 0.25], ['train-timed-d0-2', 3, 0.25], ['train-timed-d1-0', 1, 0.5]]);
});

test('trajectories are a line for each configuration, with the interval of its seeds at every level; scores of another n are left out and counted', async () => {
  for (const [stage, values, n] of [['d0-0', [9, 5], 64], ['d0-1', [11, 7], 64], ['d0-2', [10, 6], 64], ['d1-0', [4, 2], 64], ['d2-0', [1, 1], 32]] as const) {
    await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator, details) values ($1, 'fid_trajectory', 1, $2, 'e', $3)`, [`score-timed-${stage}`, n, JSON.stringify({ values })]);
    await store.db.query(`insert into metrics (stage_id, name, value, details) values ($1, 'noise_levels_out_of_range', 0, '{"sigmas": [80, 2, 0]}')`, [`sample-timed-${stage}`]);
  }
  const [plot, ...others] = await sweepTrajectories(store.db, { sweepId: 'timed' });
  expect(others).toEqual([]);
  expect(plot).toMatchObject({ metric: 'fid', incomparable: 1, cut: false, configurations: 3 });
  expect(plot!.lines.map(({ cell, label, points }) => [cell, label, points.map(({ sigma, mean, confidence }) => [sigma, mean, confidence.trainingRuns])])).toEqual([
    ['d0', 'inputScale 0.25', [[80, 10, 3], [2, 6, 3]]], ['d1', 'inputScale 0.5', [[80, 4, 1], [2, 2, 1]]],
  ]);
  // sd 1 over three seeds, t(0.975, 2) = 4.302653
  expect(plot!.lines[0]!.points[0]!.confidence.interval!.high).toBeCloseTo(10 + 4.302653 / Math.sqrt(3), 4);
  expect(await sweepTrajectories(store.db, { sweepId: 'p' })).toEqual([]);
});

/** The same picture, chosen among all cells of the sweep. */
async function chosenAmongAll(sweepId: string, request: PlotRequest) {
  const [axes, [ranking]] = [await sweepAxes(store.db, sweepId), await rankings(store.db, { sweepId, owner: null }, 'fid')];
  const found = await store.db.query<(NonNullable<PlotCell['estimate']> & { cellId: string; place: number[]; nfe: number | null; elsewhere: boolean })[]>(`
    select p.cell_id as "cellId", p.place, e.nfe, e.mean, e.min, e.max, e.count, e.diverged, e.n, e."real",
      exists (select from cell_estimates o where o.sweep_id = $1 and o.cell_id = p.cell_id and o.metric = 'fid' and (o.evaluator, o.images) <> ($2, $3::integer)) as elsewhere
    from cell_places p left join cell_estimates e on e.sweep_id = $1 and e.cell_id = p.cell_id and (e.metric, e.evaluator, e.images) = ('fid', $2, $3::integer)
    where p.sweep_id = $1 order by p.position`, [sweepId, ranking!.evaluator, ranking!.images]);
  const cells = found.map(({ cellId, place, nfe, elsewhere, ...estimate }): PlotCell => ({ cellId, place, nfe, seconds: null, estimate: estimate.count === null ? null : estimate, incomparable: estimate.count === null && elsewhere }));
  return plotOf(picked({ sweepId, sweepName: sweepId, metric: 'fid', axes, cells, evaluator: ranking!.evaluator, work: null }, request));
}

const requests: readonly PlotRequest[] = [
  {}, { x: 'steps', lines: 'none', facets: 'none' }, { x: 'nfe', lines: 'sampler', facets: 'none' }, { x: 'nfe', lines: 'none', facets: 'none' }, { x: 'inputScale', y: 'steps', facets: 'none' },
  { x: 'inputScale', lines: 'sampler.kind', facets: 'none' }, { x: 'steps', lines: 'none', facets: 'none', fixed: { sampler: 'heun' } }, { x: 'inputScale', lines: 'none', facets: 'none', fixed: { 'sampler.kind': 'ddim' } },
  { x: 'inputScale', lines: 'none', facets: 'none', fixed: { nfe: '21' } }, { x: 'steps', lines: 'none', facets: 'none', fixed: { 'sampler.kind': 'ddim', 'sampler': 'heun' } },
];

test.each(['one evaluator', 'two evaluators'])('of a sweep scored by %s, each picture is the one chosen among all cells, before and after more results', async (evaluators) => {
  let seed = 11;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const cells = [baseConfig.sampler, ddim, { kind: 'ddim', eta: 1 }].flatMap((sampler) => [5, 10].flatMap((steps) => [0.5, 1].flatMap((inputScale) => [baseConfig.schedule, cosine].map((schedule) => ({ ...baseConfig, sampler, steps, inputScale, schedule })))));
  const scored = (): TrialRow => (random(4) === 0 ? {} : { fid: random(6) === 0 ? NaN : random(1000) / 8, nfe: 20 + random(3), ...(evaluators === 'two evaluators' && random(3) === 0 && { evaluator: 'other', n: 128 }) });
  await insertSweep(store.db, evaluators, cells.map((config, i) => ({ id: `x${i}`, config, trials: [scored(), scored()] })));
  const drawn = (draw: (request: PlotRequest) => Promise<unknown>) => Promise.all(requests.map((request) => draw(request).catch((error: { code: string }) => error.code)));
  const compare = async (): Promise<void> => {
    expect(await drawn((request) => sweepPlot(store.db, { sweepId: evaluators, ...request }).then((plot) => ({ ...plot, basis: null, points: plot.points.map((point) => ({ ...point, confidence: null, trials: [] })) })))).toEqual(await drawn((request) => chosenAmongAll(evaluators, request)));
  };
  await compare();
  await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator) select id, 'fid', 1 + length(id) % 7, 2048, 'e' from stages where kind = 'score' and state = 'ready' and id like 'score-' || $1 || '%'`, [evaluators]);
  await store.db.query(`update stages set state = 'done' where kind = 'score' and state = 'ready' and id like 'score-' || $1 || '%'`, [evaluators]);
  while (await summarise(store.db));
  await compare();
});

test('a picture or a table is read by its own cells, whatever the size of the sweep', async () => {
  await store.db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('wide', 'wide', 'running', '{}', 'h')`);
  await store.db.query(`
    insert into cells select 'wide', 'w' || i, i, jsonb_build_object('inputScale', i % 5, 'dropout', i / 5 % 20, 'learningRate', i / 100) from generate_series(0, 3999) i`);
  await store.db.query(`insert into trials (sweep_id, cell_id, train_seed, sample_seed) select 'wide', 'w' || i, 1, 1 from generate_series(0, 3999) i`);
  while (await summarise(store.db));
  await store.db.query(`insert into cell_estimates (sweep_id, cell_id, metric, evaluator, images, position, mean, min, max, count, diverged, train_seeds, sample_seeds, trials) select 'wide', 'w' || i, 'fid', 'e', 64, i, i, i, i, 1, 0, '{1}', '{1}', 1 from generate_series(0, 3999) i`);
  await store.db.query(`insert into score_groups values ('wide', 'fid', 'e', 64)`);
  await store.db.query('analyze');
  const request = { sweepId: 'wide', x: 'inputScale', lines: 'none', facets: 'none' };
  await sweepPlot(store.db, request);
  await store.db.transaction(async (tx) => {
    const read = async (): Promise<number> => (await tx.query<[{ rows: number }]>(`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname in ('cells', 'cell_places', 'cell_estimates', 'trials')`))[0].rows;
    const before = await read();
    expect((await sweepPlot(tx, request)).points.map(({ mean }) => mean)).toEqual([0, 1, 2, 3, 4]);
    expect((await read()) - before).toBeLessThan(50);
    const [heat, table] = [{ ...request, y: 'dropout' }, { sweepId: 'wide', name: 'inputScale-by-dropout' as const }];
    // the first question counts the tables of its axes
    await sweepPlot(tx, heat);
    await ablationTable(tx, table);
    const [counted, cells] = [await read(), 5 * 20];
    expect((await sweepPlot(tx, heat)).points).toHaveLength(cells);
    expect((await ablationTable(tx, table)).cells.flat()).toHaveLength(cells);
    expect((await read()) - counted).toBeLessThan(10 * cells);
  });
});

describe('what matters in a sweep', () => {
  const seeds = [1, 2, 3];
  const effectGrid = [0.5, 1].flatMap((inputScale) => [baseConfig.sampler, ddim].map((sampler) => ({ inputScale, sampler })));
  const scored = (i: number, more: Partial<TrialRow> = {}): TrialRow[] => seeds.map((trainSeed) => ({ trainSeed, sampleSeed: 1, fid: 20 + (i < 2 ? 6 : 0) + (i % 2) + trainSeed + 0.1 * ((i * trainSeed) % 3), ...more }));
  beforeAll(async () => {
    await insertSweep(store.db, 'effects', effectGrid.map((values, i) => ({ id: `e${i}`, config: { ...baseConfig, ...values }, trials: scored(i) })));
    await insertSweep(store.db, 'holes', effectGrid.map((values, i) => ({ id: `h${i}`, config: { ...baseConfig, ...values }, trials: i === 3 ? [...scored(i).slice(1), { trainSeed: 1, sampleSeed: 1, fid: NaN }] : scored(i) })));
  });

  test('is computed from the trials of every complete configuration', async () => {
    const found = await sweepEffects(store.db, { sweepId: 'effects' });
    expect(found).toMatchObject({ sweepName: 'effects', metric: 'fid', scale: 'linear', configurations: 4, incomplete: 0, trainingRuns: 3, samples: 1, full: true, n: 2048, evaluator: 'e', real: realBaselines.fid });
    expect(found.effects[0]).toMatchObject({ title: 'input scale b' });
    // the two scales differ by 6, less what trials add by chance: half of it is their standard deviation
    expect(found.effects[0]!.spread).toBeCloseTo(3, 0);
    expect(found.effects[0]!.adjustedP).toBeLessThan(0.05);
  });

  test('leaves out a configuration of which a trial diverged, and says so', async () => {
    const found = await sweepEffects(store.db, { sweepId: 'holes' });
    expect(found).toMatchObject({ configurations: 3, incomplete: 1, full: false });
  });

  test('is refused where nothing varies or nothing is scored', async () => {
    await expect(sweepEffects(store.db, { sweepId: 'one' })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(sweepEffects(store.db, { sweepId: 'effects', metric: 'kid' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a ladder', () => {
  const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(12));
  const rungs = [{}, { parameterisation: 'v' }, { parameterisation: 'v', sampler: ddim }, { parameterisation: 'v', sampler: ddim, steps: 5 }];
  beforeAll(async () => {
    await insertSweep(store.db, 'ladder', rungs.map((values, i) => ({ id: ids[i]!, config: { ...baseConfig, ...values }, trials: [1, 2, 3].map((trainSeed) => ({ trainSeed, sampleSeed: 1, fid: 30 - 4 * i + trainSeed + 0.1 * ((i * trainSeed) % 3) })) })));
  });
  const listed = (include: readonly object[], method: unknown = { kind: 'list' }, rest = {}) => store.db.query('update sweeps set spec = $1 where id = $2', [JSON.stringify({ name: 'x', method, include, ...rest }), 'ladder']);

  test('of a sweep that lists configurations is in the order of its file', async () => {
    await listed([{ steps: 10 }]);
    const { steps, shape, n } = await sweepLadder(store.db, { sweepId: 'ladder' });
    expect([shape, n, steps.map(({ cellId }) => cellId)]).toEqual(['chain', 2048, ids]);
    expect(steps.map(({ changes }) => changes.map(({ parameter, to }) => [parameter, to]))).toEqual([[], [['parameterisation', 'v']], [['sampler', 'ddim(eta 0)']], [['steps', '5']]]);
  });

  test('of a grid, or of configurations drawn at random, needs an order or a start', async () => {
    await listed([]);
    await expect(sweepLadder(store.db, { sweepId: 'ladder' })).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining('has no order') as string });
    // said before any score is read, of which this metric has none
    await expect(sweepLadder(store.db, { sweepId: 'ladder', metric: 'kid' })).rejects.toMatchObject({ message: expect.stringContaining('has no order') as string });
    await listed([{ steps: 10 }], 'grid', { parameters: { steps: { values: [5, 10] } }, train: { network: 'tiny' }, dataset: { name: 'mnist' } });
    await expect(sweepLadder(store.db, { sweepId: 'ladder' })).rejects.toMatchObject({ message: expect.stringContaining('has no order') as string });
    await listed([{ steps: 10 }], { kind: 'list', drawn: { cells: 4, seed: 1 } });
    await expect(sweepLadder(store.db, { sweepId: 'ladder' })).rejects.toMatchObject({ code: 'request.invalid' });
    expect((await sweepLadder(store.db, { sweepId: 'ladder', from: 'best' })).steps.map(({ cellId }) => cellId)).toEqual([ids[3], ids[2]]);
    expect((await sweepLadder(store.db, { sweepId: 'ladder', steps: [ids[2]!.slice(0, 8), ids[0]!] })).steps.map(({ cellId }) => cellId)).toEqual([ids[2], ids[0]]);
  });

  test('refuses what it does not have, and a start beside an order', async () => {
    for (const question of [{ from: 'eeeeee' }, { steps: [ids[0]!, '%'] }, { from: 'best', steps: ids }]) await expect(sweepLadder(store.db, { sweepId: 'ladder', ...question })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('parallel coordinates', () => {
  const keep = { sampler: ['ddim(eta 0)'] };
  const kept = { keep, within: { fid: { low: 15, high: null } } };

  test('have every scored configuration at its place on each axis, best first, and count what else there is', async () => {
    const plot = await sweepParallel(store.db, { sweepId: 'p' });
    expect(plot.axes.map(({ path }) => path)).toEqual(['inputScale', 'sampler', 'steps']);
    expect(plot.configurations).toEqual({ all: 8, kept: 5, drawn: 5 });
    expect(plot.lines.map(({ cell, places, measures }) => [cell, places.map((place, i) => plot.axes[i]!.values[place]), measures])).toEqual([0, 1, 2, 3, 4].map((i) => {
      const { inputScale, sampler, steps } = grid[i]!;
      return [`c${i}`, [inputScale, sampler.kind === 'heun' ? 'heun' : 'ddim(eta 0)', steps], [20 + i, fidOf(i)]];
    }));
    const { quantiles } = plot.measures[1]!;
    expect([quantiles.length, quantiles[0], quantiles[20]]).toEqual([21, fidOf(0), fidOf(4)]);
  });

  test('of more than fit half are the best and the others stand for the rest of the grid', async () => {
    const { lines, configurations } = await sweepParallel(store.db, { sweepId: 'p', most: 4 });
    expect([lines.map(({ cell }) => cell).slice(0, 2), configurations]).toEqual([['c0', 'c1'], { all: 8, kept: 5, drawn: lines.length }]);
    expect(lines.length).toBeLessThan(5);
  });

  test('keep by labels and by ranges what the leaderboard keeps, page by page, with ranks among that', async () => {
    const plot = await sweepParallel(store.db, { sweepId: 'p', ...kept });
    expect([plot.lines.map(({ cell }) => cell), plot.configurations]).toEqual([['c2', 'c3'], { all: 8, kept: 2, drawn: 2 }]);
    const first = await leaderboard(store.db, localPrincipal, { sweepId: 'p', kept, limit: 1 });
    const second = await leaderboard(store.db, localPrincipal, { sweepId: 'p', kept, limit: 1, cursor: first.nextCursor! });
    expect([first, second].flatMap(({ groups }) => groups.flatMap(({ rows }) => rows.map(({ cellId, rank }) => [cellId, rank])))).toEqual([['c2', 1], ['c3', 2]]);
    const { groups } = await leaderboard(store.db, localPrincipal, { sweepId: 'p', kept: { keep, within: {} } });
    expect(groups.flatMap(({ rows }) => rows.map(({ cellId }) => cellId)).sort()).toEqual(['c2', 'c3', 'c6', 'c7']);
  });

  test('keep nothing that the sweep does not have', async () => {
    await expect(sweepParallel(store.db, { sweepId: 'p', keep: { sampler: ['huen'] } })).rejects.toThrow('the sweep has sampler heun or ddim(eta 0)');
    await expect(sweepParallel(store.db, { sweepId: 'p', within: { kid: { low: 0, high: null } } })).rejects.toThrow('has no kid: it computes fid; add kid to evaluate.metrics');
    await expect(sweepParallel(store.db, { sweepId: 'p', keep: { nfe: ['20'] } })).rejects.toThrow('within=nfe');
  });
});

test('each point can be the best of its place instead, over all that is not shown, and says of how many', async () => {
  const plot = await sweepPlot(store.db, { sweepId: 'p', x: 'inputScale', y: 'steps', facets: 'none', rest: 'best' });
  const scored = [0, 1, 2, 3, 4].map((i) => ({ i, ...grid[i]! }));
  const best = [0.5, 1].flatMap((x) => [5, 10].flatMap((y) => {
    const here = scored.filter(({ inputScale, steps }) => inputScale === x && steps === y);
    return here.length === 0 ? [] : [[x, y, `c${here[0]!.i}`, fidOf(here[0]!.i), here.length]];
  }));
  expect(plot.points.map(({ x, y, cell, mean, among }) => [x, y, cell, mean, among]).sort()).toEqual(best.sort());
  expect(plot).toMatchObject({ bestOver: ['sampler'], chosen: [], fixed: {}, cells: { drawn: 3, selected: 5 } });
  await expect(sweepPlot(store.db, { sweepId: 'p', x: 'sampleSeconds', rest: 'best' })).rejects.toThrow('measured seconds are of one configuration each');
});

test.each([['fid', ['c1', 'c5']], ['precision', ['c3', 'c4']]] as const)('of %s the best of its place is the first of the grid among equals', async (metric, best) => {
  const sweepId = `best ${metric}`;
  const values = [[9, 0.4], [3, 0.5], [3, 0.5], [4, 0.7], [8, 0.9], [2, 0.9], [2, 0.9], [5, 0.1]] as const;
  await insertSweep(store.db, sweepId, [5, 10].flatMap((steps) => [0.5, 1, 1.5, 2].map((inputScale) => ({ steps, inputScale }))).map((varied, i) => ({ id: `c${i}`, config: { ...baseConfig, ...varied }, trials: [{ fid: values[i]![0], precision: values[i]![1] }] })));
  const { points } = await sweepPlot(store.db, { sweepId, metric, x: 'steps', lines: 'none', facets: 'none', rest: 'best' });
  expect(points.map(({ cell, among }) => [cell, among])).toEqual(best.map((cell) => [cell, 4]));
});

test('the best of its place is complete where one there is', async () => {
  const cells = [{ steps: 5, inputScale: 0.5, fids: [4, 4] }, { steps: 5, inputScale: 1, fids: [1, null] }, { steps: 10, inputScale: 0.5, fids: [9, null] }, { steps: 10, inputScale: 1, fids: [8, null] }];
  // also where the incomplete one has another number of evaluations, which the picture does not show
  await insertSweep(store.db, 'partly', cells.map(({ fids, ...varied }, i) => ({ id: `c${i}`, config: { ...baseConfig, ...varied }, trials: fids.map((fid, j) => ({ trainSeed: j + 1, nfe: varied.inputScale === 1 ? 19 : 10, ...(fid !== null && { fid }) })) })));
  const { points } = await sweepPlot(store.db, { sweepId: 'partly', x: 'steps', lines: 'none', facets: 'none', rest: 'best' });
  expect(points.map(({ cell }) => cell)).toEqual(['c0', 'c3']);
});
