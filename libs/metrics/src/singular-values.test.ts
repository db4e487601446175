import fc from 'fast-check';
import { rotation } from './gaussian.fixture.js';
import { normals } from './simulated-features.js';
import { timesTransposed } from './product.js';
import { singularValues } from './singular-values.js';

/** P' diag(values) Q, [m,n]: a matrix whose singular values are known. */
function withValues(values: readonly number[], { m, n, seed }: { m: number; n: number; seed: number }): Float64Array {
  const [p, q] = [rotation(m, seed), rotation(n, seed + 1)];
  const matrix = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = values.reduce((sum, value, k) => sum + value * p[k * m + i]! * q[k * n + j]!, 0);
  }
  return matrix;
}

describe('singularValues', () => {
  it('of [[3,0],[4,5]] are sqrt(45) and sqrt(5)', () => {
    const values = singularValues(new Float64Array([3, 0, 4, 5]), 2, 2);
    expect(values[0]).toBeCloseTo(Math.sqrt(45), 14);
    expect(values[1]).toBeCloseTo(Math.sqrt(5), 14);
  });

  it('of the first-difference matrix are 2 sin of even fractions of pi/2', () => {
    // its square is the second difference with one end free: 2 - 2 cos((2k-1) pi/(2n+1))
    const n = 40;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 1;
      if (i > 0) matrix[i * n + i - 1] = -1;
    }
    singularValues(matrix, n, n).forEach((value, k) => expect(value).toBeCloseTo(2 * Math.sin(((2 * (n - k) - 1) * Math.PI) / (2 * (2 * n + 1))), 13));
  });

  it.each([
    ['well separated', [13, 8, 5, 3, 2, 1]],
    ['repeated', [7, 7, 2, 2, 2]],
    ['mostly zero', [4, 0, 0, 0, 0]],
    ['sixteen orders of magnitude apart', [1, 1e-8, 1e-12, 1e-16]],
    ['all zero', [0, 0, 0]],
  ])('recovers values that are %s, of any shape', (_, values) => {
    const r = values.length;
    for (const [m, n] of [[r, r], [r + 3, r], [r, r + 5]] as const) {
      const found = singularValues(withValues(values, { m, n, seed: 3 }), m, n);
      expect(found).toHaveLength(r);
      found.forEach((value, k) => expect(Math.abs(value - values[k]!)).toBeLessThanOrEqual(2e-15 * Math.max(...values)));
    }
  });

  it('does not change under rotations, and its squares add up to those of the entries', () => {
    const shape = fc.record({ m: fc.integer({ min: 1, max: 12 }), n: fc.integer({ min: 1, max: 12 }), seed: fc.nat(), exponent: fc.integer({ min: -140, max: 140 }) });
    fc.assert(fc.property(shape, ({ m, n, seed, exponent }) => {
      const matrix = normals(m * n, seed).map((x) => x * 10 ** exponent);
      const before = singularValues(matrix.slice(), m, n);
      const after = singularValues(timesTransposed(matrix, rotation(n, seed + 1), n), m, n);
      before.forEach((value, k) => expect(Math.abs(after[k]! - value)).toBeLessThanOrEqual(1e-14 * before[0]!));
      const squares = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(squares(before) / squares(matrix) - 1)).toBeLessThan(1e-13);
    }), { numRuns: 60 });
  });

  it('converges on a hundred values of which all but three are rounding errors', () => {
    for (let seed = 0; seed < 10; seed++) {
      const found = singularValues(timesTransposed(normals(100 * 3, seed), normals(100 * 3, seed + 50), 3), 100, 100);
      expect(found.filter((value) => value > 1e-13 * found[0]!)).toHaveLength(3);
    }
  });

  it('refuses a matrix with NaN instead of iterating forever', () => {
    expect(() => singularValues(new Float64Array([1, NaN, 2, 1]), 2, 2)).toThrow(RangeError);
  });
});
