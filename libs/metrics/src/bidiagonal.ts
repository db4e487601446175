/** An upper bidiagonal matrix, [n,n]. */
export interface Bidiagonal {
  /** [n]. */
  readonly diagonal: Float64Array;
  /** [n]; entry i is to the right of diagonal entry i, the last is 0. */
  readonly superdiagonal: Float64Array;
}

/** Below this a square has lost digits, and its reciprocal may be infinite. */
const smallestSquare = 1e-280;

/** The reduction in progress: left y' + right v' has yet to be subtracted from a. */
interface Reduction {
  readonly a: Float64Array;
  readonly m: number;
  readonly n: number;
  /** The left reflection's vector, [m], and beta A'left, [n]. */
  readonly left: Float64Array;
  readonly y: Float64Array;
  /** The right reflection's vector, [n], and beta A v, [m]. */
  readonly v: Float64Array;
  readonly right: Float64Array;
}

/**
 * The bidiagonal matrix with the singular values of `a`, an [m,n] matrix with m >= n (row-major, overwritten): Golub & Kahan's Householder
 * reflections, from the left on columns and from the right on rows. The update of each pair is deferred until the next column is
 * cleared, so that per column the matrix is written once and read twice. Entries of about 1 are best: below 1e-140 they count as 0.
 */
export function bidiagonalise(a: Float64Array, m: number, n: number): Bidiagonal {
  const diagonal = new Float64Array(n);
  const superdiagonal = new Float64Array(n);
  const reduction: Reduction = { a, m, n, left: new Float64Array(m), y: new Float64Array(n), v: new Float64Array(n), right: new Float64Array(m) };
  for (let k = 0; k < n; k++) {
    diagonal[k] = clearColumn(reduction, k);
    if (k + 1 < n) superdiagonal[k] = clearRow(reduction, k);
  }
  return { diagonal, superdiagonal };
}

/** Turns a vector x[from..] in place into the v of a reflection I - beta v v' that maps it onto its first axis. */
function reflector(x: Float64Array, from: number): { beta: number; image: number } {
  let square = 0;
  for (let i = from; i < x.length; i++) square += x[i]! * x[i]!;
  const first = x[from]!;
  const image = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  x[from] = first - image;
  const half = square - first * image;
  return { beta: half > smallestSquare ? 1 / half : 0, image };
}

/** Applies the deferred update and reflects column k onto its diagonal entry, which it returns; y becomes what that subtracts from columns k+1... */
function clearColumn({ a, m, n, left, y, v, right }: Reduction, k: number): number {
  const column = new Float64Array(m);
  for (let i = k; i < m; i++) column[i] = a[i * n + k]! - (left[i]! * y[k]! + right[i]! * v[k]!);
  const { beta, image } = reflector(column, k);
  const next = new Float64Array(n);
  for (let i = k; i < m; i++) {
    const [row, l, r, c] = [i * n, left[i]!, right[i]!, column[i]!];
    for (let j = k + 1; j < n; j++) {
      const x = a[row + j]! - (l * y[j]! + r * v[j]!);
      a[row + j] = x;
      next[j]! += c * x;
    }
  }
  for (let j = k + 1; j < n; j++) y[j] = beta * next[j]!;
  left.set(column);
  return image;
}

/** Reflects row k onto its entry right of the diagonal, which it returns; `right` becomes what that subtracts from rows k+1... */
function clearRow({ a, m, n, left, y, v, right }: Reduction, k: number): number {
  for (let j = k + 1; j < n; j++) v[j] = a[k * n + j]! - left[k]! * y[j]!;
  const { beta, image } = reflector(v, k + 1);
  let yv = 0;
  for (let j = k + 1; j < n; j++) yv += y[j]! * v[j]!;
  for (let i = k + 1; i < m; i++) right[i] = beta * (dot(a, i * n, { v, from: k + 1 }) - left[i]! * yv);
  return image;
}

/** Sum of a[offset + j] v[j] over j >= `from`: four partial sums at a time keep the adder busy. */
function dot(a: Float64Array, offset: number, { v, from }: { v: Float64Array; from: number }): number {
  let [p, q, r, s] = [0, 0, 0, 0];
  let j = from;
  for (; j + 3 < v.length; j += 4) {
    p += a[offset + j]! * v[j]!;
    q += a[offset + j + 1]! * v[j + 1]!;
    r += a[offset + j + 2]! * v[j + 2]!;
    s += a[offset + j + 3]! * v[j + 3]!;
  }
  for (; j < v.length; j++) p += a[offset + j]! * v[j]!;
  return p + q + r + s;
}
