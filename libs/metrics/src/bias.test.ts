import { covarianceEigenvalues, expectedFidBias } from './bias.js';
import { frechetDistance } from './fid.js';
import { covarianceOf, mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import { statistics } from './statistics.js';

const ones = (d: number) => new Array<number>(d).fill(1);

describe('expectedFidBias', () => {
  it('is d/n + d(d+1)/(4(n-1)) for unit covariance', () => {
    expect(expectedFidBias(ones(64), 2048)).toBeCloseTo(64 / 2048 + (64 * 65) / (4 * 2047), 12);
    expect(expectedFidBias(ones(64), 2048)).toBeCloseTo(0.5393, 4);
  });

  it('adds the contribution of an estimated reference', () => {
    expect(expectedFidBias(Array.from({ length: 32 }, (_, i) => 1 / (i + 1)), 1000, 3000)).toBeCloseTo(0.03378, 5);
    expect(expectedFidBias(ones(512), 2048, 10_000)).toBeCloseTo(38.9, 1);
    expect(expectedFidBias(ones(512), 50_000, 10_000) - expectedFidBias(ones(512), 10_000)).toBeCloseTo(expectedFidBias(ones(512), 50_000), 12);
  });

  it('is the average FID between a sample and its own distribution', () => {
    const d = 16;
    const distribution = { n: 0, d, mean: new Float64Array(d), factor: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)) };
    const found = Array.from({ length: 40 }, (_, i) => frechetDistance(statistics(gaussian(800, ones(d), { seed: 70 + i })), distribution));
    const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
    const error = Math.sqrt(found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (found.length - 1) / found.length);
    // the expansion itself omits terms of order (d/n)^2, here 4e-4 of 0.1
    expect(Math.abs(mean - expectedFidBias(ones(d), 800))).toBeLessThan(4 * error + 1e-3);
  });

  it('falls with n and does not depend on directions without variance', () => {
    expect(expectedFidBias([1, 2], 100)).toBeGreaterThan(expectedFidBias([1, 2], 101));
    expect(expectedFidBias([1, 2, 0, 0], 100)).toBe(expectedFidBias([1, 2], 100));
  });
});

describe('covarianceEigenvalues', () => {
  it('are the variances along axes that a rotation has turned, largest first', () => {
    const variances = [9, 4, 1, 0.25];
    const points = mapped(gaussian(50, variances, { seed: 1 }), rotation(4, 2));
    const found = covarianceEigenvalues(statistics(points));
    const before = covarianceEigenvalues(statistics(gaussian(50, variances, { seed: 1 })));
    found.forEach((value, i) => expect(value).toBeCloseTo(before[i]!, 12));
    expect(found.reduce((sum, x) => sum + x, 0)).toBeCloseTo(covarianceOf(statistics(points)).reduce((sum, x, i) => sum + (i % 5 === 0 ? x : 0), 0), 12);
  });

  it('of fewer points than features are as many as the points', () => {
    expect(covarianceEigenvalues(statistics(gaussian(5, ones(9), { seed: 3 })))).toHaveLength(5);
  });
});
