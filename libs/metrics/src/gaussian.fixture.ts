import { normals } from './simulated-features.js';
import type { Features } from './features.js';
import type { Statistics } from './statistics.js';

/** A random orthogonal [d,d] matrix, row-major: Gram-Schmidt on normals. */
export function rotation(d: number, seed: number): Float64Array {
  const q = normals(d * d, seed);
  for (let i = 0; i < d; i++) {
    const row = q.subarray(i * d, i * d + d);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        const other = q.subarray(k * d, k * d + d);
        const along = row.reduce((sum, x, j) => sum + x * other[j]!, 0);
        row.forEach((x, j) => (row[j] = x - along * other[j]!));
      }
    }
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    row.forEach((x, j) => (row[j] = x / norm));
  }
  return q;
}

/** Maps every point x to matrix x. */
export function mapped({ values, n, d }: Features, matrix: Float64Array): Features {
  const out = new Float64Array(n * d);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[row * d + i]! += matrix[i * d + j]! * values[row * d + j]!;
  }
  return { values: out, n, d };
}

/** F'F, [d,d] row-major. */
export function covarianceOf({ factor, d }: Pick<Statistics, 'factor' | 'd'>): Float64Array {
  const covariance = new Float64Array(d * d);
  for (let row = 0; row < factor.length / d; row++) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) covariance[i * d + j]! += factor[row * d + i]! * factor[row * d + j]!;
  }
  return covariance;
}
