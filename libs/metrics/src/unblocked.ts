import { bidiagonalValues } from './bidiagonal-values.js';
import type { Bidiagonal } from './bidiagonal.js';
import type { Features } from './features.js';
import type { Statistics } from './statistics.js';

/**
 * FID's linear algebra a second time, as plainly as it can be written: one reflection after another, in JavaScript. It checks the blocked
 * formulation in tests, and its speed in `npm run bench:metrics`; nothing else uses it.
 */

/** A [rows,columns] matrix, row by row. */
interface Rows {
  readonly a: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** FID between the Gaussian of a set of features and another: see `frechetDistance` in fid.ts. */
export function plainFrechetDistance(features: Features, other: Statistics): number {
  const { n, d, values } = features;
  const mean = Float64Array.from({ length: d }, (_, j) => sum(n, (i) => values[i * d + j]!) / n);
  const factor = plainFactor(features, mean).map((x) => x / Math.sqrt(n - 1));
  const step = sum(d, (j) => (mean[j]! - other.mean[j]!) ** 2);
  const [own, others] = [factor, other.factor].map((x) => sum(x.length, (i) => x[i]! * x[i]!)) as [number, number];
  const roots = plainSingularValues(plainProduct(factor, other.factor, d), factor.length / d, other.factor.length / d);
  return step + own + others - 2 * sum(roots.length, (i) => roots[i]!);
}

function sum(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/** Householder QR without Q (Golub & Van Loan, alg. 5.2.1): see `triangularFactor` in qr.ts. Returns the first min(n,d) rows of R, [min(n,d),d]. */
export function plainFactor({ values, n, d }: Features, mean: Float64Array): Float64Array {
  const a = Float64Array.from(values, (x, i) => x - mean[i % d]!);
  for (let k = 0; k < Math.min(n, d); k++) reflectColumn({ a, rows: n, columns: d }, k, k);
  return a.slice(0, Math.min(n, d) * d);
}

/** A B', [m,p], of A [m,d] and B [p,d]. */
export function plainProduct(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const p = b.length / d;
  return Float64Array.from({ length: (a.length / d) * p }, (_, at) => {
    const [x, y] = [Math.floor(at / p) * d, (at % p) * d];
    return sum(d, (k) => a[x + k]! * b[y + k]!);
  });
}

/** Golub and Kahan's bidiagonalisation (Golub & Van Loan, alg. 5.4.2): see singular-values.ts. The matrix is overwritten. */
export function plainSingularValues(a: Float64Array, m: number, n: number): Float64Array {
  if (m < n) return plainSingularValues(a.map((_, at) => a[(at % m) * n + Math.floor(at / m)]!), n, m);
  const matrix = { a, rows: m, columns: n };
  for (let k = 0; k < n; k++) {
    reflectColumn(matrix, k, k);
    if (k + 1 < n) reflectRow(matrix, k, k + 1);
  }
  return bidiagonalValues(bidiagonalOf(matrix));
}

const bidiagonalOf = ({ a, columns: n }: Rows): Bidiagonal => ({
  diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!),
  superdiagonal: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? a[i * n + i + 1]! : 0)),
});

/** I - beta v v', which maps x onto `image` times its first axis. */
function reflectionOf(x: Float64Array): { v: Float64Array; beta: number; image: number } {
  const square = x.reduce((sum, entry) => sum + entry * entry, 0);
  const image = x[0]! > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  const beta = square > 0 ? 1 / (square - x[0]! * image) : 0;
  return { v: x.map((entry, i) => (i === 0 ? entry - image : entry)), beta, image };
}

/** Reflects column `column` from row `row` on onto that entry, and the columns after it likewise. */
function reflectColumn({ a, rows, columns }: Rows, row: number, column: number): void {
  const { v, beta, image } = reflectionOf(Float64Array.from({ length: rows - row }, (_, i) => a[(row + i) * columns + column]!));
  const along = new Float64Array(columns);
  for (let i = row; i < rows; i++) {
    for (let j = column + 1; j < columns; j++) along[j]! += v[i - row]! * a[i * columns + j]!;
  }
  for (let i = row; i < rows; i++) {
    a[i * columns + column] = i === row ? image : 0;
    for (let j = column + 1; j < columns; j++) a[i * columns + j]! -= beta * v[i - row]! * along[j]!;
  }
}

/** Reflects row `row` from column `column` on onto that entry, and the rows after it likewise. */
function reflectRow({ a, rows, columns }: Rows, row: number, column: number): void {
  const { v, beta, image } = reflectionOf(a.slice(row * columns + column, (row + 1) * columns));
  a.fill(0, row * columns + column, (row + 1) * columns);
  a[row * columns + column] = image;
  for (let i = row + 1; i < rows; i++) {
    let along = 0;
    for (let j = column; j < columns; j++) along += a[i * columns + j]! * v[j - column]!;
    for (let j = column; j < columns; j++) a[i * columns + j]! -= beta * along * v[j - column]!;
  }
}
