import { covarianceEigenvalues, expectedFidBias } from '@elucidate/metrics/bias';
import type { Features } from '@elucidate/metrics/features';
import { statistics } from '@elucidate/metrics/statistics';
import { uniformStream } from '@elucidate/metrics/subsets';
import { evaluatorOf, fingerprint } from './evaluator.js';
import { scoreRows, type ScoreInput } from './scores.js';

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
  return { generated, reference, referenceStatistics: { ...summary, eigenvalues: covarianceEigenvalues(summary) }, real: sample(1000, generated.d, { seed: 2 }), evaluator };
}

describe('scoreRows', () => {
  it('puts the floor of as many real images beside each metric, under one evaluator', () => {
    const found = scoreRows(['fid', 'kid'], input(sample(300, 8, { seed: 3, shift: 1 })));
    expect(found.map(({ name, n, evaluator }) => [name, n, evaluator])).toEqual([['fid', 300, print], ['fid_floor', 300, print], ['kid', 300, print], ['kid_floor', 300, print]]);
    const [fid, fidFloor, kid, kidFloor] = found.map(({ value }) => value);
    // means one apart in each of eight directions
    expect(fid! - fidFloor!).toBeGreaterThan(6);
    expect(fid! - fidFloor!).toBeLessThan(10);
    expect(kid!).toBeGreaterThan(10 * Math.abs(kidFloor!));
  });

  it('gives real images about the FID expected of a sample of their size', () => {
    const [, floor] = scoreRows(['fid'], input(sample(500, 16, { seed: 3 })));
    expect(floor!.details).toMatchObject({ n: 500, d: 16, referenceN: 2000 });
    expect(floor!.details!['expectedBias']).toBeCloseTo(expectedFidBias(new Array(16).fill(1), 500, 2000), 1);
    // the spread of FID_n itself is a tenth of it here
    expect(floor!.value / (floor!.details!['expectedBias'] as number)).toBeGreaterThan(0.6);
    expect(floor!.value / (floor!.details!['expectedBias'] as number)).toBeLessThan(1.4);
  });

  it.each([2, 3, 8])('scores %i images, fewer than their features', (n) => {
    for (const { value, n: counted } of scoreRows(['fid', 'kid'], input(sample(n, 16, { seed: 4 })))) {
      expect(Number.isFinite(value)).toBe(true);
      expect(counted).toBe(n);
    }
  });

  it('says of the floor how many real images there were, when there are fewer than generated ones', () => {
    const found = scoreRows(['fid'], input(sample(1500, 4, { seed: 5 })));
    expect(found.map(({ n }) => n)).toEqual([1500, 1000]);
  });

  it('calls features that are not numbers a divergence, and names the image', () => {
    const generated = sample(10, 4, { seed: 6 });
    generated.values[4 * 7 + 2] = NaN;
    expect(() => scoreRows(['fid'], input(generated))).toThrow(expect.objectContaining({ code: 'stage.diverged', message: expect.stringContaining('Feature 2 of generated image 7 is NaN') }));
  });

  it('refuses FID where one feature is so large that rounding hides the rest, and says what to do', () => {
    const huge = (seed: number): Features => ({ ...sample(300, 4, { seed }), values: Float64Array.from(sample(300, 4, { seed }).values, (x, i) => (i % 4 === 0 ? 1e12 * (1 + (i % 8) / 4) : x)) });
    const reference = statistics(huge(1));
    const found = { ...input(huge(1)), referenceStatistics: { ...reference, eigenvalues: covarianceEigenvalues(reference) } };
    expect(() => scoreRows(['fid'], found)).toThrow(expect.objectContaining({ code: 'stage.failed', message: expect.stringContaining('leave fid out of evaluate.metrics') }));
  });

  it('refuses a single image', () => {
    expect(() => scoreRows(['kid'], input(sample(1, 4, { seed: 7 })))).toThrow('at least 2 images, got 1');
  });
});
