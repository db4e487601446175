import type { Features } from './features.js';

/** Rows processed at a time: few enough to stay in a core's cache with a few thousand columns. */
const blockRows = 64;
/** Below this a square has lost digits, and its reciprocal may be infinite. */
const smallestSquare = 1e-280;

/**
 * The upper triangular R, [d,d] row-major, with R'R = (X - m)'(X - m) for the rows X and the mean m: a QR decomposition without Q
 * (Householder; Golub & Van Loan, alg. 5.2.1), processing a block of rows at a time. Each column of R is accurate to 2^-52 of that column's
 * own norm, whatever the others are: X'X, which squares, is never formed.
 */
export function triangularFactor({ values, n, d }: Features, mean: Float64Array): Float64Array {
  const r = new Float64Array(d * d);
  const negligible = squareNorms({ values, n, d }, mean).map((square) => Math.max(smallestSquare, (Number.EPSILON / 2) ** 2 * square));
  for (let from = 0; from < n; from += blockRows) {
    const rows = Math.min(blockRows, n - from);
    const block = new Float64Array(rows * d);
    for (let i = 0; i < rows; i++) for (let j = 0; j < d; j++) block[i * d + j] = values[(from + i) * d + j]! - mean[j]!;
    absorb(r, block, negligible);
  }
  return r;
}

/** Of each column about its mean. */
function squareNorms({ values, n, d }: Features, mean: Float64Array): Float64Array {
  const sums = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) sums[j]! += (values[i * d + j]! - mean[j]!) ** 2;
  return sums;
}

/**
 * R <- the triangular factor of R with the block's rows below it; the block is overwritten. The rest of a column counts as zero if its square
 * is `negligible`: reflecting rounding errors would leave rounding errors of those, down to numbers too small to divide by.
 */
function absorb(r: Float64Array, block: Float64Array, negligible: Float64Array): void {
  const d = negligible.length;
  const v = new Float64Array(block.length / d);
  const w = new Float64Array(d);
  for (let k = 0; k < d; k++) {
    let square = 0;
    for (let i = 0; i < v.length; i++) {
      const x = v[i] = block[i * d + k]!;
      square += x * x;
    }
    if (square <= negligible[k]!) continue;
    const head = r[k * d + k]!;
    const norm = Math.sqrt(head * head + square);
    const cleared = head > 0 ? -norm : norm;
    reflect({ r, block, d, v, w, k, first: head - cleared, beta: 1 / (norm * (norm + Math.abs(head))) });
    r[k * d + k] = cleared;
  }
}

interface Reflection {
  readonly r: Float64Array;
  readonly block: Float64Array;
  readonly d: number;
  /** The reflection's vector: `first` on R's row k, v on the block's rows. */
  readonly first: number;
  readonly v: Float64Array;
  /** 2 / (first^2 + v'v). */
  readonly beta: number;
  readonly k: number;
  /** Workspace for d numbers. */
  readonly w: Float64Array;
}

/** Subtracts beta (first, v) w' from columns k+1.. of R's row k and of the block, where w' is (first, v)' times them. Four rows at a time: w is read and written a quarter as often. */
function reflect({ r, block, d, v, w, k, first, beta }: Reflection): void {
  for (let j = k + 1; j < d; j++) w[j] = first * r[k * d + j]!;
  let i = 0;
  for (; i + 3 < v.length; i += 4) {
    const [v0, v1, v2, v3] = [v[i]!, v[i + 1]!, v[i + 2]!, v[i + 3]!];
    const [b0, b1, b2, b3] = [i * d, (i + 1) * d, (i + 2) * d, (i + 3) * d];
    for (let j = k + 1; j < d; j++) w[j]! += v0 * block[b0 + j]! + v1 * block[b1 + j]! + v2 * block[b2 + j]! + v3 * block[b3 + j]!;
  }
  for (; i < v.length; i++) for (let j = k + 1; j < d; j++) w[j]! += v[i]! * block[i * d + j]!;
  for (let j = k + 1; j < d; j++) {
    w[j]! *= beta;
    r[k * d + j]! -= first * w[j]!;
  }
  for (i = 0; i < v.length; i++) {
    const [vi, row] = [v[i]!, i * d];
    for (let j = k + 1; j < d; j++) block[row + j]! -= vi * w[j]!;
  }
}
