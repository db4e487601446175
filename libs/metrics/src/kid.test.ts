import { gaussian } from './simulated-features.js';
import { kernelDistance, squaredMmd } from './kid.js';
import { randomSubset, uniformStream } from './subsets.js';
import type { Features } from './features.js';

const constant = (d: number, variance: number) => new Array<number>(d).fill(variance);

/** The definition, pair by pair. */
function bruteForce(x: Features, y: Features): number {
  const k = (a: Features, i: number, b: Features, j: number) => {
    let dot = 0;
    for (let c = 0; c < a.d; c++) dot += a.values[i * a.d + c]! * b.values[j * b.d + c]!;
    return (dot / a.d + 1) ** 3;
  };
  const mean = (a: Features, b: Features) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < a.n; i++) for (let j = 0; j < b.n; j++) if (a !== b || i !== j) [sum, count] = [sum + k(a, i, b, j), count + 1];
    return sum / count;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

describe('squaredMmd', () => {
  it.each([[5, 4, 3], [6, 7, 1], [2, 2, 8]])('is its definition for %i and %i points of %i features', (n, m, d) => {
    const x = gaussian(n, constant(d, 1), { seed: 1 });
    const y = gaussian(m, constant(d, 2), { seed: 2, shift: 1 });
    expect(squaredMmd(x, y)).toBeCloseTo(bruteForce(x, y), 10);
  });
});

describe('kernelDistance', () => {
  /** 3A/d + 3A^2/d^2 + (A^3 + 6A^2 + 3Ad + 6A)/d^3 between N(0,I) and N(m,I), A = |m|^2. */
  const shifted = (d: number, a: number) => (3 * a) / d + (3 * a * a) / d ** 2 + (a ** 3 + 6 * a * a + 3 * a * d + 6 * a) / d ** 3;

  it('has the closed form that gives .494140625 for d = 8, A = 1', () => {
    expect(shifted(8, 1)).toBe(0.494140625);
    expect(shifted(16, 4)).toBeCloseTo(1.0293, 4);
    expect(shifted(64, 16)).toBeCloseTo(0.9711, 4);
  });

  it.each([[8, 1], [16, 4], [64, 16]])('agrees with the closed form between N(0, I) and N(m, I) for d = %i, |m|^2 = %i', (d, a) => {
    const x = gaussian(6000, constant(d, 1), { seed: 11 });
    const y = gaussian(6000, constant(d, 1), { seed: 12, shift: Math.sqrt(a / d) });
    const { value, stddev } = kernelDistance(x, y, { subsets: 24, subsetSize: 250, seed: 1 });
    // 24 nearly disjoint subsets of 6000 points: four standard errors
    expect(Math.abs(value - shifted(d, a))).toBeLessThan((4 * stddev) / Math.sqrt(24));
    expect(stddev).toBeLessThan(0.5 * value);
  });

  it('is 3(a-c)^2/d, to leading order, between N(0, aI) and N(0, cI)', () => {
    const [d, a, c] = [16, 1, 4];
    // E k over independent pairs = 1 + 3 E[(x.y)^2]/d^2 = 1 + 3 * (variance product) / d: exact for the cubic kernel
    const { value, stddev } = kernelDistance(gaussian(6000, constant(d, a), { seed: 21 }), gaussian(6000, constant(d, c), { seed: 22 }), { subsets: 24, subsetSize: 250, seed: 2 });
    expect(Math.abs(value - (3 * (a - c) ** 2) / d)).toBeLessThan((4 * stddev) / Math.sqrt(24));
  });

  it('is unbiased: between equal distributions about half of the estimates are negative', () => {
    const values = Array.from({ length: 60 }, (_, i) =>
      squaredMmd(gaussian(40, constant(8, 1), { seed: 1000 + i }), gaussian(40, constant(8, 1), { seed: 5000 + i })));
    const mean = values.reduce((sum, v) => sum + v, 0) / 60;
    const error = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 59 / 60);
    expect(Math.abs(mean)).toBeLessThan(4 * error);
    const negative = values.filter((v) => v < 0).length;
    expect(negative).toBeGreaterThan(15);
    expect(negative).toBeLessThan(50);
  });

  it('is the same under one seed, differs under another, and reports what it averaged over', () => {
    const [x, y] = [gaussian(50, constant(4, 1), { seed: 1 }), gaussian(60, constant(4, 2), { seed: 2 })];
    const first = kernelDistance(x, y, { subsets: 5, subsetSize: 20, seed: 7 });
    expect(kernelDistance(x, y, { subsets: 5, subsetSize: 20, seed: 7 })).toEqual(first);
    expect(kernelDistance(x, y, { subsets: 5, subsetSize: 20, seed: 8 }).value).not.toBe(first.value);
    expect(first).toMatchObject({ subsets: 5, subsetSize: 20 });
  });

  it('with one subset of all points is the estimate over all pairs, with deviation 0', () => {
    const [x, y] = [gaussian(30, constant(4, 1), { seed: 1 }), gaussian(30, constant(4, 2), { seed: 2 })];
    const { value, stddev } = kernelDistance(x, y, { subsets: 1, subsetSize: 30, seed: 0 });
    expect(value).toBeCloseTo(squaredMmd(x, y), 10);
    expect(stddev).toBe(0);
  });

  it('refuses subsets larger than a side', () => {
    const x = gaussian(10, [1], { seed: 1 });
    expect(() => kernelDistance(x, x, { subsets: 1, subsetSize: 11, seed: 0 })).toThrow(RangeError);
  });
});

describe('randomSubset', () => {
  it('draws without repetition and reaches every number equally often', () => {
    const uniform = uniformStream(3);
    const counts = new Float64Array(10);
    for (let draw = 0; draw < 5000; draw++) {
      const subset = randomSubset(10, 4, uniform);
      expect(new Set(subset).size).toBe(4);
      subset.forEach((i) => counts[i]!++);
    }
    // binomial(5000, .4): five standard deviations are 173
    counts.forEach((count) => expect(Math.abs(count - 2000)).toBeLessThan(173));
  });
});
