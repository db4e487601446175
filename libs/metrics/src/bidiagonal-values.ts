import type { Bidiagonal } from './bidiagonal.js';

/** Sweeps allowed per value; two is usual. */
const mostSweeps = 50;

/**
 * The singular values of an upper bidiagonal matrix, largest first, each to about 2^-52 of the largest: the positive eigenvalues of a
 * tridiagonal matrix with zero diagonal (Golub & Kahan 1965, sec. 3), found by implicit QL.
 */
export function bidiagonalValues({ diagonal, superdiagonal }: Bidiagonal): Float64Array {
  const count = diagonal.length;
  const offDiagonal = Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? diagonal : superdiagonal)[i >> 1]!);
  const eigenvalues = tridiagonalEigenvalues(new Float64Array(2 * count), offDiagonal).sort();
  return eigenvalues.subarray(count).reverse().map((x) => Math.max(0, x));
}

/**
 * Eigenvalues, unsorted, of the symmetric tridiagonal matrix with diagonal d, initially 0, and off-diagonal e (entry i couples i and i+1,
 * the last is 0), to 2^-52 of the largest; both arrays are overwritten. Implicit QL with Wilkinson's shift (EISPACK tql1).
 */
function tridiagonalEigenvalues(d: Float64Array, e: Float64Array): Float64Array {
  // Relative to the whole matrix, not to the neighbours: where d is near zero, rounding keeps perturbing e by this much indefinitely.
  const negligible = Number.EPSILON * e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let l = 0; l < d.length; l++) {
    for (let sweep = 0; ; sweep++) {
      const end = blockEnd(e, l, negligible);
      if (end === l) break;
      if (sweep === mostSweeps) throw new RangeError(`Singular value ${l >> 1} of ${d.length / 2} did not converge in ${mostSweeps} sweeps`);
      qlSweep(d, e, { from: l, to: end });
    }
  }
  return d;
}

/** The first index from l on that is not coupled to its successor. */
function blockEnd(e: Float64Array, l: number, negligible: number): number {
  let end = l;
  while (end < e.length - 1 && Math.abs(e[end]!) > negligible) end++;
  return end;
}

/** Wilkinson's shift: the eigenvalue of the leading 2x2 block that is closer to d[l]. */
function shift(d: Float64Array, e: Float64Array, l: number): number {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.sqrt(half * half + 1);
  return d[l]! - e[l]! / (half + (half < 0 ? -root : root));
}

/** One implicit QL step on a block: a bulge starts at the bottom and is chased to the top by plane rotations. */
function qlSweep(d: Float64Array, e: Float64Array, { from, to }: { from: number; to: number }): void {
  let g = d[to]! - shift(d, e, from);
  let [s, c, p] = [1, 1, 0];
  for (let i = to - 1; i >= from; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[to] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
  }
  d[from]! -= p;
  e[from] = g;
  e[to] = 0;
}
