import { covarianceEigenvalues, expectedFidBias, fidBias } from './bias.js';
import { frechetDistance, rootsOf, squareNorm } from './fid.js';
import { fidAtInfinity, intercept } from './fid-at-infinity.js';
import { mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import { kid } from './kid.js';
import type { Features } from './features.js';
import type { MetricInput } from './metric.js';
import { statistics, type Statistics } from './statistics.js';

const d = 8;
const ones = new Array<number>(d).fill(1);
const variances = ones.map((_, i) => 0.5 + i / 4);
/** N(0, I) as it is, estimated from nothing. */
const unit: Statistics = { n: Infinity, d, mean: new Float64Array(d), factor: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)) };
const against = (features: Features, real: Statistics = unit): MetricInput => ({ features, reference: { features, statistics: real, eigenvalues: covarianceEigenvalues(real) } });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOf = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length);
/** Between N(shift, diag(variances)) and N(0, I). */
const trueFid = (of: readonly number[], shift: number): number => of.reduce((sum, variance) => sum + shift ** 2 + (Math.sqrt(variance) - 1) ** 2, 0);

describe('fidBias', () => {
  it('is that of a Gaussian to itself where the two are equal', () => {
    const real = statistics(gaussian(400, variances, { seed: 1 }));
    expect(fidBias({ trace: squareNorm(real.factor), roots: rootsOf(real, real) }, 100)).toBeCloseTo(expectedFidBias(covarianceEigenvalues(real), 100), 9);
  });

  it('is by how much FID exceeds its true value on average, also between different Gaussians', () => {
    const found = Array.from({ length: 150 }, (_, i) => frechetDistance(statistics(gaussian(120, variances, { seed: 100 + i, shift: 0.3 })), unit) - trueFid(variances, 0.3));
    const roots = variances.map(Math.sqrt);
    expect(Math.abs(mean(found) - fidBias({ trace: variances.reduce((sum, x) => sum + x, 0), roots }, 120))).toBeLessThan(3.5 * errorOf(found));
  });

  it('of infinitely many points is 0', () => {
    expect(fidBias({ trace: 3, roots: [1, 2] }, Infinity)).toBe(0);
  });
});

describe('intercept', () => {
  it('is that of an exact line, and of points beside it that of least squares', () => {
    expect(intercept([100, 50, 25].map((n) => ({ n, fid: 3 + 40 / n })))).toBeCloseTo(3, 12);
    // normal equations by hand: x = 1, 2, 3 and y = 1, 2, 4 give y = -2/3 + 3x/2
    expect(intercept([[1, 1], [1 / 2, 2], [1 / 3, 4]].map(([n, fid]) => ({ n: n!, fid: fid! })))).toBeCloseTo(-2 / 3, 12);
  });
});

describe('fidAtInfinity', () => {
  it.each([['far from', variances, 0.3], ['equal to', ones, 0]] as const)('is right on average where the generated distribution is %s the real one, and FID itself is not', (_, of, shift) => {
    const found = Array.from({ length: 80 }, (__, i) => fidAtInfinity(against(gaussian(120, of, { seed: 500 + i, shift })), { points: 3 }));
    const values = found.map(({ value }) => value);
    const truth = trueFid(of, shift);
    expect(Math.abs(mean(values) - truth)).toBeLessThan(3.5 * errorOf(values));
    const biases = found.map(({ details }) => details!['bias'] as number);
    const expected = mean(found.map(({ details }) => details!['expectedBias'] as number));
    // the second-order expansion and the fit agree on what is taken off
    expect(Math.abs(mean(biases) / expected - 1)).toBeLessThan(0.1);
    expect(expected).toBeGreaterThan(5 * Math.abs(mean(values) - truth));
    const covered = found.filter(({ details }) => (details!['low'] as number) <= truth && truth <= (details!['high'] as number)).length / found.length;
    expect(covered).toBeGreaterThan(0.86);
  });

  it('has the standard error of the limit theorem for Gaussians', () => {
    // Rippl, Munk and Sturm 2016: to first order FID moves by 2 m.(x - m) + (x - m)'(I - T)(x - m), T the optimal map; here T = diag(1/sqrt(variance))
    const n = 4000;
    const x = gaussian(n, variances, { seed: 3, shift: 0.5 });
    const moves = Array.from({ length: n }, (_, row) => variances.reduce((sum, variance, j) => {
      const step = x.values[row * d + j]! - 0.5;
      return sum + 2 * 0.5 * step + (1 - 1 / Math.sqrt(variance)) * step ** 2;
    }, 0));
    const { stddev } = fidAtInfinity(against(x), { points: 2 });
    // of twenty groups a standard error is known to 16 %
    expect(Math.abs(stddev! / errorOf(moves) - 1)).toBeLessThan(0.4);
  });

  it('keeps the FID of all images and of equal parts of them, does not depend on the order of features, and is the same every time', () => {
    const x = gaussian(121, variances, { seed: 4 });
    const { details, value } = fidAtInfinity(against(x), { points: 4 });
    const sizes = details!['sizes'] as { n: number; fid: number }[];
    expect(sizes.map(({ n }) => n)).toEqual([121, 60, 40, 30]);
    expect(sizes[0]!.fid).toBe(frechetDistance(statistics(x), unit));
    expect(sizes.map(({ fid }) => fid)).toEqual(sizes.map(({ fid }) => fid).sort((a, b) => a - b));
    expect(fidAtInfinity(against(x), { points: 4 }).value).toBe(value);
    expect(fidAtInfinity(against(mapped(x, rotation(d, 2))), { points: 4 }).value).toBeCloseTo(value, 8);
  });

  it('does not mind images in the order of their classes', () => {
    const classed = gaussian(400, ones, { seed: 5 });
    for (let i = 0; i < classed.n; i++) classed.values[i * d]! += 6 * (i % 20 === 0 ? 1 : 0);
    const shuffled = { ...classed, values: new Float64Array(classed.values.length) };
    for (let i = 0; i < classed.n; i++) shuffled.values.set(classed.values.subarray(((i * 7) % 400) * d, ((i * 7) % 400) * d + d), i * d);
    const [one, other] = [classed, shuffled].map((x) => fidAtInfinity(against(x), { points: 2 }).stddev!);
    expect(one! / other!).toBeLessThan(1.7);
    expect(other! / one!).toBeLessThan(1.7);
  });
});

it('KID needs no extrapolation: of halves it is on average what it is of all', () => {
  const real = gaussian(600, ones, { seed: 9 });
  const found = Array.from({ length: 24 }, (_, i) => {
    const x = gaussian(120, variances, { seed: 900 + i, shift: 0.3 });
    const of = (n: number) => kid({ ...against({ ...x, n, values: x.values.subarray(0, n * d) }), reference: { features: real, statistics: unit, eigenvalues: new Float64Array(0) } }).value;
    return of(60) - of(120);
  });
  expect(Math.abs(mean(found))).toBeLessThan(3.5 * errorOf(found));
});
