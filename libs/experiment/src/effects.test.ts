import { effectsOf, type EffectsSource, type ScoredCell } from './effects.js';
import { ElucidateError } from './errors.js';
import type { GridAxes } from './plot-axes.js';
import { renderEffects } from './render-effects.js';
import { changeText, fromScale, onScale, scaleFor } from './score-scale.js';

const scales = [0.5, 1];
const samplers = [{ kind: 'heun' }, { kind: 'ddim', eta: 0 }, { kind: 'ddim', eta: 1 }];
const axis = (values: readonly unknown[], dimension: number | null) => ({ values, dimension });
const axes: GridAxes = new Map([['inputScale', axis(scales, 1)], ['sampler', axis(samplers, 2)], ['steps', axis([10], null)]]);
const places = scales.flatMap((_, b) => samplers.map((__, sampler) => [b, sampler]));

/** Three training runs: what a seed adds to all, and a little of each configuration's own. */
const cellAt = (place: readonly number[], of: (b: number, sampler: number) => number): ScoredCell =>
  ({ place, trials: [1, 2, 3].map((train) => ({ train, sample: 1, value: of(place[0]!, place[1]!) * (1 + 0.01 * ((7 * train + 3 * place[0]! + 5 * place[1]!) % 4)) + train })) });
const source = (cells: readonly ScoredCell[], more: Partial<EffectsSource> = {}): EffectsSource =>
  ({ sweepId: 's', sweepName: 'x', metric: 'fid', axes, cells, n: 64, evaluator: 'e'.repeat(64), basis: null, real: 1.5, incomplete: 0, ...more });
const plain = source(places.map((place) => cellAt(place, (b, sampler) => 30 - 8 * b + 3 * sampler)));

test('effects are named by their parameters, the largest first, and values by their labels', () => {
  const found = effectsOf(plain, 'auto');
  expect(found.effects.map(({ title }) => title)).toEqual(['input scale b', 'sampler', 'input scale b x sampler']);
  expect(found).toMatchObject({ scale: 'linear', configurations: 6, trainingRuns: 3, samples: 1, reach: 'training runs', full: true, leftOut: [] });
  expect(found.parameters.map(({ key, labels }) => [key, labels])).toEqual([['inputScale', ['0.5', '1']], ['sampler', ['heun', 'ddim(eta 0)', 'ddim(eta 1)']]]);
  const [half, one] = found.values.filter(({ parameters }) => parameters.join() === 'inputScale');
  expect(half!.labels).toEqual(['0.5']);
  expect(half!.deviation).toBeCloseTo(-one!.deviation, 12);
  expect(half!.deviation).toBeGreaterThan(3.5);
  expect(half!.interval!.low).toBeLessThan(half!.deviation);
});

test('scores that span a factor of ten are compared by their logarithms, and factors do not interact', () => {
  const factors = source(places.map((place) => cellAt(place, (b, sampler) => 3 * 10 ** b * 2 ** sampler)).map(({ place, trials }) => ({ place, trials: trials.map((trial) => ({ ...trial, value: trial.value - trial.train })) })));
  const [log, linear] = [effectsOf(factors, 'auto'), effectsOf(factors, 'linear')];
  expect([log.scale, linear.scale]).toEqual(['log', 'linear']);
  const interaction = (found: typeof log) => found.effects.find(({ parameters }) => parameters.length === 2)!.share;
  expect(interaction(log)).toBeLessThan(0.001);
  expect(interaction(linear)).toBeGreaterThan(0.03);
  expect(Math.exp(2 * log.effects[0]!.spread)).toBeCloseTo(10, 1);
  const text = renderEffects(log, 'markdown');
  expect(text).toContain('Differences of natural logarithms, as factors');
  expect(text).toMatch(/\| input scale b \| 0\.5 +\| +x0\.3\d \[x0\.3\d, x0\.3\d\]/);
});

test.each([
  ['auto', [1, 9.9], [1, 9.9], 'linear'],
  ['auto', [1, 10], [1, 10], 'log'],
  ['auto', [1, 10], [-1, 10], 'linear'],
  ['log', [1, 2], [1, 2], 'log'],
  ['linear', [1, 100], [1, 100], 'linear'],
] as const)('scale %s over means %p of scores %p is %s', (asked, means, scores, scale) => {
  expect(scaleFor(asked, means, scores)).toBe(scale);
});

test('a scale and back is the score, and a change is a sum or a factor', () => {
  for (const scale of ['linear', 'log'] as const) expect(fromScale(scale, onScale(scale, 3.7))).toBeCloseTo(3.7, 12);
  expect([changeText('fid', 'linear', 1.5), changeText('fid', 'linear', -1.5), changeText('fid', 'log', Math.log(0.8)), changeText('fid', 'log', Math.log(1234))]).toEqual(['+1.50', '-1.50', 'x0.80', 'x1234']);
});

test('intervals end where the metric does: a value is at most its range from the mean, and values spread by at most half of it', () => {
  const unsure = source(places.map((place) => ({ place, trials: [1, 2].map((train) => ({ train, sample: 1, value: (place[0] === 0) === (train === 1) ? 0.9 : 0.2 })) })));
  const ends = (metric: string) => {
    const { effects, values } = effectsOf({ ...unsure, metric }, 'linear');
    const [of, half] = [effects.find(({ title }) => title === 'input scale b')!, values.find(({ labels }) => labels.join() === '0.5')!];
    return [of.spreadInterval!.high, half.interval!.low, half.interval!.high];
  };
  expect(ends('density').map((end) => Math.abs(end) > 1)).toEqual([true, true, true]);
  expect(ends('precision')).toEqual([0.5, -1, 1]);
});

test('holes are said, with the interactions that they cost', () => {
  const found = effectsOf({ ...source(plain.cells.filter(({ place }) => place.join() !== '1,2')), incomplete: 1 }, 'auto');
  expect(found).toMatchObject({ full: false, configurations: 5, leftOut: [{ parameters: ['inputScale', 'sampler'], missing: [['1', 'ddim(eta 1)']] }] });
  const text = renderEffects(found, 'markdown');
  for (const part of ['type III', 'Interactions left out: inputScale x sampler (no 1 with ddim(eta 1))', '1 configuration left out']) expect(text).toContain(part);
});

test('a value that no complete configuration has is no value, and a parameter of one value no effect', () => {
  const found = effectsOf(source(plain.cells.filter(({ place }) => place[1] !== 2)), 'auto');
  expect(found.parameters[1]!.labels).toEqual(['heun', 'ddim(eta 0)']);
  expect(effectsOf(source(plain.cells.filter(({ place }) => place[1] === 1)), 'auto').effects.map(({ title }) => title)).toEqual(['input scale b']);
});

test('only seeds that all configurations have are compared', () => {
  const [first, ...others] = plain.cells as [ScoredCell, ...ScoredCell[]];
  const found = effectsOf(source([{ ...first, trials: first.trials.slice(1) }, ...others]), 'auto');
  expect([found.trainingRuns, found.effects[0]!.errorDegreesOfFreedom]).toEqual([2, 1]);
});

const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ElucidateError) return error.message;
  }
  return '';
};

test('what cannot be analysed is refused by name, with what to do', () => {
  expect(refused(() => effectsOf(source(plain.cells.slice(0, 1)), 'auto'))).toContain('differ on no parameter');
  expect(refused(() => effectsOf(source(plain.cells.filter(({ place }) => place[0] === place[1])), 'auto'))).toMatch(/sampler varies together with input scale b.*elucidate ladder s/);
  expect(refused(() => effectsOf(source(plain.cells.map((cell) => ({ ...cell, trials: cell.trials.map((trial) => ({ ...trial, value: -1 })) }))), 'log'))).toContain('no logarithm; use linear');
  const apart = plain.cells.map((cell, i) => ({ ...cell, trials: cell.trials.map((trial) => ({ ...trial, train: trial.train + 10 * i })) }));
  expect(refused(() => effectsOf(source(apart), 'auto'))).toContain('no seeds in common');
});

test('every format has every effect; text shows shares that add up, CSV a record for each effect and each value', () => {
  const found = effectsOf(plain, 'auto');
  const [table] = renderEffects(found, 'markdown').split('\n\n');
  const shares = [...table!.matchAll(/([\d.]+) % \|/g)].map(([, share]) => Number(share));
  expect(shares).toHaveLength(6);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  expect(renderEffects(found, 'csv').trimEnd().split('\r\n')).toHaveLength(1 + 3 + 2 + 3 + 6);
  expect(renderEffects(found, 'latex')).toContain('\\begin{tabular}{lrrrrr}');
  expect(JSON.parse(renderEffects(found, 'json'))).toEqual(found);
});

test('a single pair of seeds is said to test nothing', () => {
  const once = source(plain.cells.map(({ place, trials }) => ({ place, trials: trials.slice(0, 1) })));
  expect(renderEffects(effectsOf(once, 'auto'), 'markdown')).toContain('nothing can be tested; add train seeds');
});
