import { higherIsBetter, metricRange } from '@elucidate/experiment/metric-requests';
import { covarianceEigenvalues, expectedFidBias } from '@elucidate/metrics/bias';
import type { Features } from '@elucidate/metrics/features';
import { statistics } from '@elucidate/metrics/statistics';
import { scoresAnyFeatures, type MetricDef, type MetricInput } from '@elucidate/metrics/metric';
import { metricDef, metricNames } from '@elucidate/metrics/metric-defs';
import { uniformStream } from '@elucidate/metrics/subsets';
import { evaluatorOf, fingerprint } from './evaluator.js';
import { scoreRows, someNeed, trajectoryRows, type ScoreInput } from './scores.js';

const evaluator = evaluatorOf('0'.repeat(64), { layer: 'pixels', inputRange: [-1, 1], resize: 'none' }, { dataset: 'fashion-mnist', split: 'test', size: 2000, resolution: 32 });
const print = fingerprint(evaluator);

/** Rows of independent sums of twelve uniforms, nearly normal: mean `shift`, variance 1. */
function sample(n: number, d: number, { seed, shift = 0 }: { seed: number; shift?: number }): Features {
  const uniform = uniformStream(seed);
  const near = () => Array.from({ length: 12 }, uniform).reduce((sum, u) => sum + u, shift - 6);
  return { values: Float32Array.from({ length: n * d }, near), n, d };
}

function input(generated: Features): ScoreInput {
  const reference = sample(2000, generated.d, { seed: 1 });
  const summary = statistics(reference);
  const labels = { classes: ['low', 'high'], of: Array.from({ length: reference.n }, (_, i) => Number(reference.values[i * reference.d]! > 0)) };
  return { generated, reference: { features: reference, statistics: summary, eigenvalues: covarianceEigenvalues(summary), labels }, training: sample(1000, generated.d, { seed: 2 }), evaluator };
}

describe('scoreRows', () => {
  it('gives each metric with its baseline of as many real images, under one evaluator', () => {
    const found = scoreRows(['fid', 'kid'], input(sample(300, 8, { seed: 3, shift: 1 })));
    expect(found.map(({ name, n, evaluator }) => [name, n, evaluator])).toEqual([['fid', 300, print], ['fid_real', 300, print], ['kid', 300, print], ['kid_real', 300, print]]);
    const [fid, fidReal, kid, kidReal] = found.map(({ value }) => value);
    // means differ by one in each of eight directions
    expect(fid! - fidReal!).toBeGreaterThan(6);
    expect(fid! - fidReal!).toBeLessThan(10);
    expect(kid!).toBeGreaterThan(10 * Math.abs(kidReal!));
  });

  it('gives real images about the FID expected for a sample of their size', () => {
    const [, real] = scoreRows(['fid'], input(sample(500, 16, { seed: 3 })));
    expect(real!.details).toMatchObject({ n: 500, d: 16, referenceN: 2000 });
    expect(real!.details!['expectedBias']).toBeCloseTo(expectedFidBias(new Array(16).fill(1), 500, 2000), 1);
    // the standard deviation of FID_n itself is a tenth of it here
    expect(real!.value / (real!.details!['expectedBias'] as number)).toBeGreaterThan(0.6);
    expect(real!.value / (real!.details!['expectedBias'] as number)).toBeLessThan(1.4);
  });

  it.each([2, 3, 8])('scores %i images, fewer than their features', (n) => {
    for (const { value, n: counted } of scoreRows(['fid', 'kid'], input(sample(n, 16, { seed: 4 })))) {
      expect(Number.isFinite(value)).toBe(true);
      expect(counted).toBe(n);
    }
  });

  it('reports how many real images the baseline had, if there are fewer than generated ones', () => {
    const found = scoreRows(['fid'], input(sample(1500, 4, { seed: 5 })));
    expect(found.map(({ n }) => n)).toEqual([1500, 1000]);
  });

  it('reports features that are not finite as a divergence, and names the image', () => {
    const generated = sample(10, 4, { seed: 6 });
    generated.values[4 * 7 + 2] = NaN;
    expect(() => scoreRows(['fid'], input(generated))).toThrow(expect.objectContaining({ code: 'stage.diverged', message: expect.stringContaining('Feature 2 of generated image 7 is NaN') }));
  });

  it('refuses FID if one feature is so large that rounding hides the rest, and says what to do', () => {
    const huge = (seed: number): Features => ({ ...sample(300, 4, { seed }), values: Float64Array.from(sample(300, 4, { seed }).values, (x, i) => (i % 4 === 0 ? 1e12 * (1 + (i % 8) / 4) : x)) });
    const statisticsOfHuge = statistics(huge(1));
    const found = { ...input(huge(1)), reference: { features: huge(1), statistics: statisticsOfHuge, eigenvalues: covarianceEigenvalues(statisticsOfHuge) } };
    expect(() => scoreRows(['fid'], found)).toThrow(expect.objectContaining({ code: 'stage.failed', message: expect.stringContaining('leave it out of evaluate.metrics') }));
  });

  it('computes a metric with an n from the first n images, and its baseline from as many', () => {
    const generated = sample(300, 8, { seed: 3, shift: 1 });
    const found = scoreRows([{ kind: 'fid', n: 64 }, 'fid'], input(generated));
    expect(found.map(({ name, n }) => [name, n])).toEqual([['fid@64', 64], ['fid@64_real', 64], ['fid', 300], ['fid_real', 300]]);
    const first = scoreRows(['fid'], input({ ...generated, n: 64, values: generated.values.subarray(0, 64 * 8) }));
    expect(found[0]!.value).toBe(first[0]!.value);
    // the n-bias: fewer images, larger FID
    expect(found[1]!.value).toBeGreaterThan(found[3]!.value);
  });

  it.each(metricNames)('gives a finite %s of generated and of real images, within its range, with what it is computed from', (name) => {
    const [score, ...others] = scoreRows([name], input(sample(120, 8, { seed: 3, shift: 0.5 })));
    expect([score!.name, Number.isFinite(score!.value), others.map((row) => row.name)]).toEqual([name, true, scoresAnyFeatures(metricDef(name)) ? [`${name}_real`] : []]);
    const [least, greatest] = metricRange(name);
    for (const { value } of [score!, ...others]) expect(value >= least && value <= greatest).toBe(true);
    for (const real of others) expect(higherIsBetter(name) ? real.value > score!.value : real.value < score!.value).toBe(true);
  });

  it.each(metricNames.filter((name) => 'k' in metricDef(name).parameters))('depends on its parameters: %s of another k', (name) => {
    const found = scoreRows([name, { kind: name, k: 9 }], input(sample(120, 8, { seed: 3, shift: 0.5 })));
    expect(found[2]).toMatchObject({ name: `${name}(k 9)`, details: { k: 9 } });
    expect(found[2]!.value).not.toBe(found[0]!.value);
  });

  it('refuses a single image', () => {
    expect(() => scoreRows(['kid'], input(sample(1, 4, { seed: 7 })))).toThrow('at least 2 images, got 1');
  });
});

describe('trajectoryRows', () => {
  it('gives each metric at each step, but those that take long, for the first n images, and the last one as its value', () => {
    const steps = [sample(100, 4, { seed: 3, shift: 5 }), sample(100, 4, { seed: 4, shift: 1 })];
    const found = trajectoryRows(['fid', { kind: 'fid', n: 32 }, 'fidinf', 'classcoverage'], steps, input(steps[1]!));
    expect(found.map(({ name, n, evaluator: by }) => [name, n, by])).toEqual([['fid_trajectory', 100, print], ['fid@32_trajectory', 32, print]]);
    const values = found[0]!.details!['values'] as number[];
    expect(values).toEqual(steps.map((step) => scoreRows(['fid'], input(step))[0]!.value));
    expect(found[0]!.value).toBe(values[1]);
  });
});

describe('a metric that needs more than features', () => {
  const seen: MetricInput[] = [];
  const borrowed = metricDef('kid') as { -readonly [Key in keyof MetricDef]: MetricDef[Key] };
  const { needs, compute } = borrowed;
  beforeAll(() => Object.assign(borrowed, { needs: ['training', 'images'], compute: (given: MetricInput) => (seen.push(given), { value: 1 }) }));
  afterAll(() => Object.assign(borrowed, { needs, compute }));

  it('is given the training split and the generated images, and has neither baseline nor trajectory', () => {
    expect([someNeed(['fid'], 'images'), someNeed(['fid', { kind: 'kid', n: 8 }], 'images')]).toEqual([false, true]);
    const images = { count: 20, size: 2, channels: 1, data: Uint8Array.from({ length: 80 }, (_, i) => i) };
    const all = { ...input(sample(20, 4, { seed: 1 })), images };
    expect(scoreRows([{ kind: 'kid', n: 8 }], all).map(({ name, n }) => [name, n])).toEqual([['kid@8', 8]]);
    expect(seen[0]).toMatchObject({ training: all.training, images: { count: 8, size: 2, channels: 1, data: images.data.subarray(0, 32) } });
    expect(trajectoryRows(['kid'], [all.generated], all)).toEqual([]);
  });
});
