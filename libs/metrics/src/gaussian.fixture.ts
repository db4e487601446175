import { uniformStream } from './subsets.js';
import type { Features } from './features.js';
import type { Statistics } from './statistics.js';

/** Unit normals determined by a seed (Box-Muller). */
export function normals(count: number, seed: number): Float64Array {
  const uniform = uniformStream(seed);
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/** n draws of N(shift, diag(variances)). */
export function gaussian(n: number, variances: readonly number[], { seed, shift = 0 }: { seed: number; shift?: number }): Features {
  const d = variances.length;
  const values = normals(n * d, seed).map((z, i) => shift + Math.sqrt(variances[i % d]!) * z);
  return { values, n, d };
}

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
