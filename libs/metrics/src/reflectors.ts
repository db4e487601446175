import { clear, columnsOf, copy, rowsOf, transposed, type Matrix } from './matrix.js';
import type { Operations } from './workspace.js';

/** Columns factored together: with more, matrix products would be little faster and everything else slower. */
export const blockWidth = 32;
/** Below this a square has lost digits, and its reciprocal may be infinite. */
const smallestSquare = 1e-280;

/** Room for the block reflections of one matrix. */
export interface Room {
  /** V', [blockWidth,height]. */
  readonly vectors: Matrix;
  /** T, V'V and R, [blockWidth,blockWidth] each. */
  readonly t: Matrix;
  readonly gram: Matrix;
  readonly r: Matrix;
  /** V'C and T'V'C, [blockWidth,width] each. */
  readonly inner: Matrix;
  readonly weighted: Matrix;
  readonly operations: Operations;
}

/** Shapes of a `Room` for panels of up to `height` rows, reflecting up to `width` columns: what `roomOf` takes. */
export const roomShapes = (height: number, width: number) => {
  const square = [blockWidth, blockWidth] as const;
  return [[blockWidth, height], square, square, square, [blockWidth, width], [blockWidth, width]] as const;
};

export function roomOf([vectors, t, gram, r, inner, weighted]: readonly [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix], operations: Operations): Room {
  return { vectors, t, gram, r, inner, weighted, operations };
}

/** Q = I - V T V', a product of Householder reflections (compact WY form: Schreiber & Van Loan 1989), and R. */
export interface PanelFactors {
  /** V', [count,height]: unit upper trapezoidal. */
  readonly v: Matrix;
  /** [count,count], upper triangular. */
  readonly t: Matrix;
  /** [count,width], upper trapezoidal. */
  readonly r: Matrix;
}

/**
 * The QR decomposition of a panel of at most `blockWidth` columns, its rows those of the parts one below another (Golub & Van Loan, alg. 5.2.1;
 * LAPACK dgeqr2). It lies in the room, until the next one. The rest of a column counts as zero if its square is at most `negligible`:
 * reflecting rounding errors would leave rounding errors of those, down to numbers too small to divide by.
 */
export function factorPanel(room: Room, parts: readonly Matrix[], negligible?: Float64Array): PanelFactors {
  const width = parts[0]!.columns;
  const height = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = columnsOf(rowsOf(room.vectors, 0, width), 0, height);
  stack(parts, (part, from, to) => copy(transposed(part), columnsOf(columns, from, to)));
  const count = Math.min(height, width);
  const diagonal = new Float64Array(count);
  const scales = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    const from = columnsOf(columns, j, height);
    const v = rowsOf(from, j, j + 1);
    const { image, tau } = reflection(v.numbers.subarray(v.at, v.at + v.columns), negligible?.[j]);
    room.operations.reflectRows(rowsOf(from, j + 1, width), v, tau);
    diagonal[j] = image;
    scales[j] = tau;
  }
  const r = separated(columns, diagonal, columnsOf(rowsOf(room.r, 0, count), 0, width));
  const v = rowsOf(columns, 0, count);
  return { v, t: triangleOf(room, v, scales), r };
}

/** C <- Q'C, C's rows those of the parts one below another. */
export function reflect({ inner, weighted, operations: { addProduct } }: Room, { v, t }: PanelFactors, parts: readonly Matrix[]): void {
  const [product, scaled] = [inner, weighted].map((matrix) => columnsOf(rowsOf(matrix, 0, v.rows), 0, parts[0]!.columns)) as [Matrix, Matrix];
  clear(product);
  clear(scaled);
  stack(parts, (part, from, to) => addProduct(product, columnsOf(v, from, to), part));
  addProduct(scaled, transposed(t), product);
  stack(parts, (part, from, to) => addProduct(part, transposed(columnsOf(v, from, to)), scaled, -1));
}

/** Each part with the rows [from, to) that it takes up. */
function stack(parts: readonly Matrix[], visit: (part: Matrix, from: number, to: number) => void): void {
  let from = 0;
  for (const part of parts) visit(part, from, from += part.rows);
}

/**
 * Turns x in place into the v, beginning with 1, of a reflection I - tau v v' that maps x onto `image` times its first axis (LAPACK dlarfg). If
 * the square of all but x[0] is at most `negligible`, nothing is reflected: tau is 0.
 */
export function reflection(x: Float64Array, negligible = 0): { image: number; tau: number } {
  const head = x[0]!;
  let square = 0;
  for (let i = 1; i < x.length; i++) square += x[i]! * x[i]!;
  x[0] = 1;
  if (square <= Math.max(smallestSquare, negligible)) {
    x.fill(0, 1);
    return { image: head, tau: 0 };
  }
  const norm = Math.sqrt(head * head + square);
  const first = head > 0 ? head + norm : head - norm;
  for (let i = 1; i < x.length; i++) x[i]! /= first;
  return { image: head > 0 ? -norm : norm, tau: Math.abs(first) / norm };
}

/** Moves what lies before the vectors, and the diagonal, to r. */
function separated(columns: Matrix, diagonal: Float64Array, r: Matrix): Matrix {
  clear(r);
  for (let j = 0; j < r.columns; j++) {
    const above = columnsOf(rowsOf(columns, j, j + 1), 0, Math.min(j, r.rows));
    copy(transposed(above), rowsOf(columnsOf(r, j, j + 1), 0, above.columns));
    clear(above);
    if (j < r.rows) r.numbers[r.at + j * (r.rowStep + r.columnStep)] = diagonal[j]!;
  }
  return r;
}

/** T, column by column from V'V and the reflections' tau (LAPACK dlarft). */
function triangleOf(room: Room, v: Matrix, scales: Float64Array): Matrix {
  const [t, gram] = [room.t, room.gram].map((matrix) => columnsOf(rowsOf(matrix, 0, v.rows), 0, v.rows)) as [Matrix, Matrix];
  clear(t);
  clear(gram);
  room.operations.addProduct(gram, v, transposed(v));
  const entry = (i: number, j: number) => t.at + i * t.rowStep + j;
  scales.forEach((tau, j) => {
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += t.numbers[entry(i, k)]! * gram.numbers[gram.at + k * gram.rowStep + j]!;
      t.numbers[entry(i, j)] = -tau * sum;
    }
    t.numbers[entry(j, j)] = tau;
  });
  return t;
}
