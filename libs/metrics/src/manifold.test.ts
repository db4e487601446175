import fc from 'fast-check';
import { against, ones } from './against.fixture.js';
import type { Features } from './features.js';
import { mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import { coverage, density, manifoldOf, precision, recall } from './manifold.js';

/** Every Euclidean distance, [n][m]. */
const distances = (x: Features, y: Features): number[][] => Array.from({ length: x.n }, (_, i) => Array.from({ length: y.n }, (_, j) =>
  Math.hypot(...Array.from({ length: x.d }, (_, c) => x.values[i * x.d + c]! - y.values[j * y.d + c]!))));
/** A row of a set's distances to itself has a 0 for the point itself: entry k in ascending order is the k-th nearest other point. */
const radii = (x: Features, k: number): number[] => distances(x, x).map((row) => [...row].sort((a, b) => a - b)[k]!);
const mean = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;

/** Kynkaanniemi 2019's official precision_recall.py, ManifoldEstimator.evaluate: distance <= D, any over the manifold. */
const manifoldEstimate = (manifold: Features, points: Features, k: number): number => {
  const [reach, across] = [radii(manifold, k), distances(points, manifold)];
  return mean(across.map((row) => row.some((distance, i) => distance <= reach[i]!)));
};

/** Naeem 2020's official prdc.py, compute_prdc: rows are real, columns generated; distance < radius. */
const naeem = (real: Features, fake: Features, k: number) => {
  const [reach, across] = [radii(real, k), distances(real, fake)];
  const inside = across.map((row, i) => row.map((distance) => distance < reach[i]!));
  const density = (1 / k) * (Array.from({ length: fake.n }, (_, j) => inside.filter((row) => row[j]).length).reduce((sum, x) => sum + x, 0) / fake.n);
  const coverage = mean(across.map((row, i) => Math.min(...row) < reach[i]!));
  return { density, coverage };
};

const pair = fc.record({ n: fc.integer({ min: 8, max: 40 }), d: fc.integer({ min: 1, max: 40 }), k: fc.integer({ min: 1, max: 6 }), shift: fc.double({ min: 0, max: 3, noNaN: true }), seed: fc.nat() })
  .map(({ n, d, k, shift, seed }) => ({ k, d, seed, real: gaussian(n, ones(d), { seed }), fake: gaussian(n, ones(d).map((_, i) => 1 / (1 + i)), { seed: seed + 1, shift }) }));

describe('precision, recall, density and coverage', () => {
  it('agree with their authors\' code', () => {
    fc.assert(fc.property(pair, ({ real, fake, k }) => {
      const input = against(fake, real);
      expect(precision(input, { k }).value).toBeCloseTo(manifoldEstimate(real, fake, k), 12);
      expect(recall(input, { k }).value).toBeCloseTo(manifoldEstimate(fake, real, k), 12);
      const expected = naeem(real, fake, k);
      expect(density(input, { k }).value).toBeCloseTo(expected.density, 12);
      expect(coverage(input, { k }).value).toBeCloseTo(expected.coverage, 12);
    }), { numRuns: 60 });
  });

  it('precision of one set against another is recall of the other against the first', () => {
    fc.assert(fc.property(pair, ({ real, fake, k }) => expect(precision(against(fake, real), { k }).value).toBe(recall(against(real, fake), { k }).value)), { numRuns: 30 });
  });

  it('do not change when both sets are rotated or scaled', () => {
    fc.assert(fc.property(pair, ({ real, fake, d, k, seed }) => {
      const q = rotation(d, seed + 2);
      for (const score of [precision, recall, density, coverage]) {
        const turned = (x: Features) => ({ ...mapped(x, q), values: mapped(x, q).values.map((value) => 4 * value) });
        expect(score(against(turned(fake), turned(real)), { k }).value).toBeCloseTo(score(against(fake, real), { k }).value, 12);
      }
    }), { numRuns: 30 });
  });

  it('for a set against itself: precision, recall and coverage are 1; density counts k - 1 neighbours and the point itself, over k', () => {
    const x = gaussian(60, ones(5), { seed: 1 });
    for (const score of [precision, recall, coverage]) expect(score(against(x, x), { k: 4 }).value).toBe(1);
    expect(density(against(x, x), { k: 4 }).value).toBe(1);
  });

  it('are 0 far away', () => {
    const [x, far] = [gaussian(40, ones(5), { seed: 1 }), gaussian(40, ones(5), { seed: 2, shift: 100 })];
    for (const score of [precision, recall, density, coverage]) expect(score(against(far, x), { k: 3 }).value).toBe(0);
  });

  it('distinguish a generator that has lost a mode from one that adds a mode', () => {
    const both = (n: number, seed: number, other: number): Features => ({ ...gaussian(n, ones(4), { seed }), values: gaussian(n, ones(4), { seed }).values.map((x, i) => (Math.floor(i / 4) % 2 === 0 ? x : x + other)) });
    const [real, one] = [both(200, 3, 40), gaussian(200, ones(4), { seed: 4 })];
    expect(precision(against(one, real), { k: 3 }).value).toBeGreaterThan(0.8);
    expect(recall(against(one, real), { k: 3 }).value).toBeLessThan(0.55);
    expect(coverage(against(one, real), { k: 5 }).value).toBeLessThan(0.55);
    expect(precision(against(real, one), { k: 3 }).value).toBeLessThan(0.55);
    expect(recall(against(real, one), { k: 3 }).value).toBeGreaterThan(0.8);
  });

  it('compare as many real images as generated ones', () => {
    const [fake, real] = [gaussian(30, ones(3), { seed: 1 }), gaussian(90, ones(3), { seed: 2 })];
    const first = { ...real, n: 30, values: real.values.subarray(0, 90) };
    for (const score of [precision, recall, density, coverage]) expect(score(against(fake, real), { k: 3 })).toEqual(score(against(fake, first), { k: 3 }));
  });

  it('refuse more neighbours than there are other points', () => {
    const x = gaussian(5, [1], { seed: 1 });
    expect(() => manifoldOf(x, 5)).toThrow('5 nearest neighbours need at least 6 images, got 5');
  });
});
