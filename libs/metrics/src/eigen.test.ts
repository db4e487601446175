import fc from 'fast-check';
import { symmetricEigen } from './eigen.js';
import { normals, rotation } from './gaussian.fixture.js';
import { statistics } from './statistics.js';

/** Q' diag(values) Q: a symmetric matrix whose spectrum is known. */
function withSpectrum(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const q = rotation(n, seed);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * n + j] = matrix[j * n + i] = values.reduce((sum, value, k) => sum + value * q[k * n + i]! * q[k * n + j]!, 0);
    }
  }
  return matrix;
}

function expectDecomposition(matrix: Float64Array, n: number): void {
  const { values, vectors } = symmetricEigen(matrix, n);
  const norm = Math.max(1e-300, ...values.map(Math.abs));
  for (let i = 0; i < n; i++) {
    if (i > 0) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
    for (let j = 0; j < n; j++) {
      let [dot, entry] = [0, 0];
      for (let k = 0; k < n; k++) {
        dot += vectors[i * n + k]! * vectors[j * n + k]!;
        entry += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
      }
      expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
      expect(Math.abs(entry - matrix[i * n + j]!)).toBeLessThan(1e-12 * norm);
    }
  }
}

describe('symmetricEigen', () => {
  it('solves [[2,1],[1,2]]', () => {
    const { values, vectors } = symmetricEigen(new Float64Array([2, 1, 1, 2]), 2);
    expect(values[0]).toBeCloseTo(1, 15);
    expect(values[1]).toBeCloseTo(3, 15);
    expect(vectors[0]! * vectors[1]!).toBeCloseTo(-0.5, 15);
  });

  it('finds 2 - 2 cos(k pi / (n+1)), the spectrum of the second difference', () => {
    const n = 40;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
    }
    symmetricEigen(matrix, n).values.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13));
  });

  it.each([
    ['well separated', [1, 2, 3, 5, 8, 13]],
    ['repeated', [2, 2, 2, 7, 7]],
    ['mostly zero', [0, 0, 0, 0, 4]],
    ['of both signs', [-3, -1, 0, 1, 3]],
    ['sixteen orders of magnitude apart', [1e-16, 1e-8, 1, 1e-12]],
  ])('recovers a spectrum that is %s', (_, spectrum) => {
    const { values } = symmetricEigen(withSpectrum(spectrum, 3), spectrum.length);
    const sorted = [...spectrum].sort((x, y) => x - y);
    // Householder + QL is accurate to the norm, not to each eigenvalue
    values.forEach((value, i) => expect(Math.abs(value - sorted[i]!)).toBeLessThan(1e-14 * Math.max(...spectrum.map(Math.abs))));
  });

  it('gives orthonormal vectors that rebuild the matrix, whatever it is', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.integer({ min: -60, max: 60 }), (n, seed, exponent) => {
      const half = normals(n * n, seed);
      expectDecomposition(Float64Array.from(half, (x, i) => (x + half[(i % n) * n + Math.floor(i / n)]!) * 10 ** exponent), n);
    }), { numRuns: 60 });
  });

  it.each([3, 10, 20])('converges on covariances of %i points in 64 features, where most eigenvalues are rounding', (points) => {
    // judged against its neighbours instead of the norm, an off-diagonal never gets small enough in a fifth of these
    for (let seed = 0; seed < 25; seed++) {
      const { covariance } = statistics({ values: normals(points * 64, seed), n: points, d: 64 });
      const { values } = symmetricEigen(covariance, 64);
      expect(values.filter((value) => Math.abs(value) > 1e-13 * values[63]!)).toHaveLength(points - 1);
    }
  });

  it('leaves zero and diagonal matrices alone', () => {
    expectDecomposition(new Float64Array(9), 3);
    expect(Array.from(symmetricEigen(new Float64Array([3, 0, 0, 0, 1, 0, 0, 0, 2]), 3).values)).toEqual([1, 2, 3]);
  });

  it('refuses a matrix with NaN instead of turning for ever', () => {
    expect(() => symmetricEigen(new Float64Array([1, NaN, NaN, 1]), 2)).toThrow(RangeError);
  });
});
