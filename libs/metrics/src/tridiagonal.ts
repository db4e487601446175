/** A symmetric matrix as Q T Q' with T tridiagonal. */
export interface Tridiagonal {
  /** T's diagonal, [n]. */
  readonly diagonal: Float64Array;
  /** T's off-diagonal, [n]; entry i couples i and i+1, the last is 0. */
  readonly offDiagonal: Float64Array;
  /** Q transposed, [n,n] row-major: row i is the i-th basis vector. */
  readonly basis: Float64Array;
}

/**
 * Householder reduction of a symmetric [n,n] matrix, which stays as it was.
 * Each reflection I - beta v v' clears one column below the off-diagonal (Golub & Van Loan, alg. 8.3.1).
 */
export function tridiagonalise(matrix: Float64Array, n: number): Tridiagonal {
  const a = Float64Array.from(matrix);
  const reflections: Reflection[] = [];
  for (let k = 0; k < n - 2; k++) {
    const reflection = clearing(a, n, k);
    reflections.push(reflection);
    reflectBothSides(a, n, reflection);
  }
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    diagonal[i] = a[i * n + i]!;
    if (i + 1 < n) offDiagonal[i] = reflections[i]?.offDiagonal ?? a[i * n + i + 1]!;
  }
  return { diagonal, offDiagonal, basis: transposedProduct(reflections, n) };
}

interface Reflection {
  /** First index it touches; v is zero before it. */
  readonly from: number;
  readonly v: Float64Array;
  /** 2 / v'v, or 0 where there is nothing to clear. */
  readonly beta: number;
  /** What the cleared column keeps. */
  readonly offDiagonal: number;
}

/** The reflection that maps a[k+1.., k] onto its first axis; the sign is chosen so that nothing cancels. */
function clearing(a: Float64Array, n: number, k: number): Reflection {
  const from = k + 1;
  const v = a.slice(k * n + from, k * n + n);
  let square = 0;
  for (const x of v) square += x * x;
  const first = v[0]!;
  const offDiagonal = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  v[0] = first - offDiagonal;
  const vv = 2 * (square - first * offDiagonal);
  return { from, v, beta: vv > 0 ? 2 / vv : 0, offDiagonal };
}

/** A <- H A H on the trailing block, as the rank-two update A - v w' - w v'. */
function reflectBothSides(a: Float64Array, n: number, { from, v, beta }: Reflection): void {
  const size = v.length;
  const w = new Float64Array(size);
  let vp = 0;
  for (let i = 0; i < size; i++) {
    const row = (from + i) * n + from;
    let sum = 0;
    for (let j = 0; j < size; j++) sum += a[row + j]! * v[j]!;
    w[i] = beta * sum;
    vp += w[i]! * v[i]!;
  }
  for (let i = 0; i < size; i++) w[i]! -= (beta / 2) * vp * v[i]!;
  for (let i = 0; i < size; i++) {
    const row = (from + i) * n + from;
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = 0; j < size; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** (H0 H1 ...)' built from the last reflection, so that each touches only the block already filled. */
function transposedProduct(reflections: readonly Reflection[], n: number): Float64Array {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (const { from, v, beta } of [...reflections].reverse()) {
    for (let row = from; row < n; row++) {
      const at = row * n + from;
      let sum = 0;
      for (let j = 0; j < v.length; j++) sum += basis[at + j]! * v[j]!;
      for (let j = 0; j < v.length; j++) basis[at + j]! -= beta * sum * v[j]!;
    }
  }
  return basis;
}
