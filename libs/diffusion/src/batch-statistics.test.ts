import { fTarget, scalings } from './preconditioning.js';
import type { FTarget } from './preconditioning.js';

interface Data {
  mean: number;
  std: number;
  sigmaData: number;
}

/** E[f(sigma)] over ln sigma ~ N(-1.2, 1.2^2): the trapezium rule, exact to rounding for a smooth integrand that decays to zero. */
function expectation(f: (sigma: number) => number): number {
  const step = 0.004;
  return Array.from({ length: 5001 }, (_, i) => -10 + i * step).reduce((sum, x) => sum + f(Math.exp(-1.2 + 1.2 * x)) * Math.exp(-x * x / 2) * step, 0) / Math.sqrt(2 * Math.PI);
}

/** Mean and std of weights.x0 x0 + weights.eps eps over pixels and levels. */
function moments({ mean, std }: Data, weights: (sigma: number) => FTarget): number[] {
  const first = mean * expectation((sigma) => weights(sigma).x0);
  const second = expectation((sigma) => weights(sigma).x0 ** 2 * (mean ** 2 + std ** 2) + weights(sigma).eps ** 2);
  return [first, Math.sqrt(second - first ** 2)];
}

/** Mean and std of the network's input, then of its target. */
function batchStatistics(data: Data): number[] {
  const options = { b: 1, sigmaData: data.sigmaData, normalisation: 'analytic' } as const;
  const input = (sigma: number) => {
    const { cIn } = scalings('edm', sigma, options);
    return { x0: cIn, eps: cIn * sigma };
  };
  return [...moments(data, input), ...moments(data, (sigma) => fTarget('edm', sigma, options))];
}

// padded Fashion-MNIST, to the digits to which its mean and std are known
const half = { mean: -0.281, std: 0.3318 };
const full = { mean: -0.5621, std: 0.6636 };

/** What one batch of the fast.ai notebook 23_karras printed, in its first version and at HEAD. */
const printed = {
  first: [-0.5602, 1.02869, -0.54472, 1.03298],
  head: [-0.6816, 1.02096, -0.40401, 1.03229],
};

describe('the statistics of an EDM training batch', () => {
  it.each([
    ['pixels in [-.5, .5], sigmaData 0.33', { ...half, sigmaData: 0.33 }, [-0.5682, 1.0312, -0.5327, 1.0325]],
    ['pixels in [-1, 1], sigmaData 0.66', { ...full, sigmaData: 0.66 }, [-0.686, 1.0227, -0.3923, 1.0323]],
    ['pixels in [-1, 1], sigmaData 0.33', { ...full, sigmaData: 0.33 }, [-1.1364, 1.6814, -1.0654, 1.6404]],
  ])('of %s', (_, data, expected) => {
    batchStatistics(data).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-4));
  });

  const apart = (data: Data, found: number[]) => Math.max(...batchStatistics(data).map((value, i) => Math.abs(value - found[i]!)));

  it('show that the lesson\'s sigmaData 0.33 was used with pixels in [-.5, .5]', () => {
    // one batch of 512 images varies by about 0.01
    expect(apart({ ...half, sigmaData: 0.33 }, printed.first)).toBeLessThan(0.015);
    expect(apart({ ...full, sigmaData: 0.33 }, printed.first)).toBeGreaterThan(0.5);
  });

  it('show that its last version\'s 0.66 was used with pixels in [-1, 1]', () => {
    expect(apart({ ...full, sigmaData: 0.66 }, printed.head)).toBeLessThan(0.015);
  });

  it('are the same for any range of pixels whose std sigmaData is', () => {
    // target: a zero-mean part with variance exactly 1, for any sigma
    for (const std of [0.1, 0.3318, 0.6636]) {
      const [, input, , target] = batchStatistics({ mean: 0, std, sigmaData: std });
      expect(input).toBeCloseTo(1, 10);
      expect(target).toBeCloseTo(1, 10);
    }
  });
});
