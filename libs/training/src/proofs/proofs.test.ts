import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { mixtureDenoiser } from '@elucidate/diffusion/oracles';
import { proofCases } from './cases.js';
import { drawLabelled, drawPoints, exactDenoiser, type Mixture, momentsOf, ring, sigmaData } from './mixture.js';
import { proveCase, untrained } from './prove-case.js';
import { kernelWidth, margin, settings } from './settings.js';
import { apart } from './targets.js';
import { discrepancy, isWithin, type Points, upperLimit } from './two-sample-test.js';

beforeAll(() => startEngine({ backend: 'simd' }));

/** E k(X, Y) of two mixtures, in closed form: every integral is over normals. */
function expectedKernel(p: Mixture, q: Mixture, width: number): number {
  const total = width ** 2 + p.std ** 2 + q.std ** 2;
  return p.weights.reduce((sum, v, i) => sum + q.weights.reduce((inner, w, j) => {
    const [dx, dy] = [p.means[i]![0] - q.means[j]![0], p.means[i]![1] - q.means[j]![1]];
    return inner + v * w * (width ** 2 / total) * Math.exp(-(dx * dx + dy * dy) / (2 * total));
  }, 0), 0);
}

function squaredMmd(p: Mixture, q: Mixture, width: number): number {
  return expectedKernel(p, p, width) + expectedKernel(q, q, width) - 2 * expectedKernel(p, q, width);
}

const different: [string, Mixture][] = [
  ['parts half as wide again', { ...ring, std: ring.std * 1.5 }],
  ['equal weights', { ...ring, weights: ring.weights.map(() => 1 / ring.weights.length) }],
  ['a single part', { weights: [1], means: [[0, 0]], std: sigmaData }],
];

describe('the two-sample test', () => {
  it.each(different)('estimates the squared MMD of %s within four standard errors of its closed form', (_name, distribution) => {
    const { value, error } = discrepancy(drawPoints(distribution, 1000, [1]), drawPoints(ring, 1500, [2]), kernelWidth);
    expect(Math.abs(value - squaredMmd(distribution, ring, kernelWidth))).toBeLessThan(4 * error);
  });

  it('states a standard error that matches the standard deviation of its estimates', () => {
    const distribution = different[0]![1];
    const found = Array.from({ length: 60 }, (_, i) => discrepancy(drawPoints(distribution, 200, [3, i]), drawPoints(ring, 200, [4, i]), kernelWidth));
    const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
    const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (found.length - 1));
    const stated = found.reduce((sum, { error }) => sum + error, 0) / found.length;
    // 60 draws give a standard deviation to about 9 %, and the stated error is biased upwards
    expect(stated / spread).toBeGreaterThan(0.75);
    expect(stated / spread).toBeLessThan(1.8);
  });

  it('is the mean over pairs, no point paired with itself', () => {
    const [x, y] = [Float32Array.of(0, 0, 1, 0), Float32Array.of(0, 1, 0, 3, 1, 1)];
    const k = (d: number) => Math.exp(-d / 2);
    const across = (k(1) + k(9) + k(2) + k(2) + k(10) + k(1)) / 6;
    expect(discrepancy(x, y, 1).value).toBeCloseTo(k(1) + (k(4) + k(1) + k(5)) / 3 - 2 * across, 12);
  });

  it('accepts the data, but no distribution at the bound', () => {
    const fresh = drawPoints(ring, settings.samples, [5]);
    const wider = (factor: number): Mixture => ({ ...ring, std: ring.std * factor });
    let factor = 1;
    while (squaredMmd(wider(factor), ring, kernelWidth) < margin.bound) factor += 0.01;
    expect(isWithin(discrepancy(drawPoints(ring, settings.samples, [6]), fresh, kernelWidth), margin)).toBe(true);
    expect(isWithin(discrepancy(drawPoints(wider(factor), settings.samples, [7]), fresh, kernelWidth), margin)).toBe(false);
  });
});

describe('the mixture', () => {
  it('has the moments that its draws have', () => {
    const points = drawPoints(ring, 20_000, [8]);
    const axis = (which: 0 | 1) => points.filter((_, i) => i % 2 === which);
    const mean = (values: Points) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const { mean: [x, y], variances: [xx, yy], covariance } = momentsOf(ring);
    const [xs, ys] = [axis(0), axis(1)];
    expect([mean(xs), mean(ys)].map((value, i) => Math.abs(value - [x, y][i]!) < 0.02)).toEqual([true, true]);
    expect([mean(xs.map((v) => (v - x) ** 2)) / xx, mean(ys.map((v) => (v - y) ** 2)) / yy].every((ratio) => Math.abs(ratio - 1) < 0.04)).toBe(true);
    expect(mean(xs.map((v, i) => (v - x) * (ys[i]! - y)))).toBeCloseTo(covariance, 1);
    expect(Math.sqrt((xx + yy) / 2)).toBeCloseTo(sigmaData, 12);
  });

  it('has on a line the exact denoiser of the one-dimensional mixture', async () => {
    const line: Mixture = { weights: [0.3, 0.7], means: [[-1, 0], [0.5, 0]], std: 0.2 };
    const oracle = mixtureDenoiser(line.weights.map((weight, k) => ({ weight, mean: line.means[k]![0], std: line.std })));
    for (const sigma of [0.05, 0.4, 3]) {
      const y = tf.tensor4d([-0.7, 0, 0.1, 0, 2, 0], [3, 1, 1, 2]);
      const found = await exactDenoiser(line)(y, sigma);
      const values = await found.data();
      [-0.7, 0.1, 2].forEach((at, i) => expect(values[2 * i]).toBeCloseTo(oracle(at, sigma), 6));
      tf.dispose([y, found]);
    }
  });
});

describe('points with their classes', () => {
  it('have the squared MMD of the points times whether the class is the same', () => {
    const { data, labels: { of } } = drawLabelled(ring, 1500, [9]);
    const other = drawLabelled({ ...ring, std: ring.std * 1.5 }, 1500, [10]);
    const { value, error } = discrepancy(apart(data, of), apart(other.data, other.labels.of), kernelWidth);
    const alone = (std: number, k: number): Mixture => ({ weights: [1], means: [ring.means[k]!], std });
    const expected = ring.weights.reduce((sum, weight, k) => sum + weight ** 2 * squaredMmd(alone(ring.std, k), alone(1.5 * ring.std, k), kernelWidth), 0);
    expect(Math.abs(value - expected)).toBeLessThan(4 * error);
  });

  it('have as exact denoiser that of the component of each point\'s class', async () => {
    const y = tf.tensor4d([0.1, -0.3, 0.1, -0.3], [2, 1, 1, 2]);
    const found = await exactDenoiser(ring, [3, 1])(y, 0.5);
    const kept = ring.std ** 2 / (ring.std ** 2 + 0.25);
    const expected = [3, 1].flatMap((k) => [0.1, -0.3].map((value, axis) => kept * value + (1 - kept) * ring.means[k]![axis]!));
    (await found.array()).flat(3).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    tf.dispose([y, found]);
  });
});

describe('a proof', () => {
  const caseNamed = (name: string) => proofCases.find((one) => one.name === name)!;

  it('gives every case a unique name', () => {
    expect(new Set(proofCases.map(({ name }) => name)).size).toBe(proofCases.length);
  });

  it.each(['v linear', 'flow cosine', 'v, given classes'])('of %s, shortened, is already nearer to the data than an untrained network or a single normal distribution, and leaves no tensor behind', async (name) => {
    const before = tf.memory().numTensors;
    const samples = 600;
    const { found, exact } = await proveCase(caseNamed(name), { rounds: [250], samples });
    const single = squaredMmd(different[2]![1], ring, kernelWidth);
    expect(upperLimit(exact, 3)).toBeLessThan(upperLimit(found, 3));
    expect(upperLimit(found, 3)).toBeLessThan(single);
    expect(upperLimit(found, 3)).toBeLessThan(upperLimit(await untrained(caseNamed(name), { samples }), -3));
    expect(tf.memory().numTensors).toBe(before);
  });
});
