import { tridiagonalise } from './tridiagonal.js';

export interface Eigen {
  /** Ascending, [n]. */
  readonly values: Float64Array;
  /** [n,n] row-major: row k is the unit eigenvector of values[k]. */
  readonly vectors: Float64Array;
}

/** A tridiagonal matrix under rotation, and the vectors that turn with it. */
interface Rotating {
  readonly n: number;
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly vectors: Float64Array;
}

/** Sweeps one eigenvalue may take; two is usual. */
const mostSweeps = 50;

/**
 * Eigenvalues and eigenvectors of a symmetric [n,n] matrix (row-major, left as it was), to n * 2^-52 of its norm.
 * Householder reduction, then implicit QL with Wilkinson's shift (EISPACK tql2).
 * Throws RangeError where it does not converge, which only NaN or Infinity bring about.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const { diagonal: d, offDiagonal: e, basis } = tridiagonalise(matrix, n);
  const rotating = { n, d, e, vectors: basis };
  // Against the whole matrix, not against the neighbours: rounding stirs up e by this much for ever where d is near zero.
  const negligible = Number.EPSILON * largest(d, e);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      const m = blockEnd(rotating, l, negligible);
      if (m === l) break;
      if (sweep === mostSweeps) throw new RangeError(`Eigenvalue ${l} of ${n} did not converge: is every entry of the matrix finite?`);
      qlSweep(rotating, l, m);
    }
  }
  return ascending(rotating);
}

function largest(...arrays: Float64Array[]): number {
  let most = 0;
  for (const array of arrays) for (const x of array) most = Math.max(most, Math.abs(x));
  return most;
}

/** The first index from l on that is not coupled to its successor. */
function blockEnd({ n, e }: Rotating, l: number, negligible: number): number {
  let m = l;
  while (m < n - 1 && !(Math.abs(e[m]!) <= negligible)) m++;
  return m;
}

/** Wilkinson's shift: the eigenvalue of the leading 2x2 block that lies nearer to d[l]. */
function shift({ d, e }: Rotating, l: number): number {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.sqrt(half * half + 1);
  return d[l]! - e[l]! / (half + (half < 0 ? -root : root));
}

/** One implicit QL step on the block l..m: a bulge starts at the bottom and is chased to the top by plane rotations. */
function qlSweep(rotating: Rotating, l: number, m: number): void {
  const { d, e } = rotating;
  let g = d[m]! - shift(rotating, l);
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    rotateRows(rotating, i, { c, s });
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}

function rotateRows({ vectors, n }: Rotating, i: number, { c, s }: { c: number; s: number }): void {
  const upper = i * n;
  const lower = upper + n;
  for (let k = 0; k < n; k++) {
    const x = vectors[upper + k]!;
    const y = vectors[lower + k]!;
    vectors[lower + k] = s * x + c * y;
    vectors[upper + k] = c * x - s * y;
  }
}

function ascending({ d, vectors, n }: Rotating): Eigen {
  const order = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * n, from * n + n), to * n));
  return { values: Float64Array.from(order, (i) => d[i]!), vectors: sorted };
}
