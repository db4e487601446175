import { uniformStream } from './subsets.js';
import type { Features } from './features.js';

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
