import { columnsOf, copy, rowsOf, transposed, type Matrix } from './matrix.js';
import { blockWidth, factorPanel, reflect, type Room } from './reflectors.js';

/** An upper band matrix, [n,n]: entries (i, j) with 0 <= j - i <= width, and room for -width < j - i < 2 width. */
export interface Band {
  readonly entries: Matrix;
  readonly width: number;
}

/**
 * The band matrix with the singular values of `a`, an [m,n] matrix with m >= n that is overwritten: block reflections from the left on columns and from
 * the right on rows in turn (Grosser & Lang 1999, "Efficient parallel reduction to bidiagonal form"). All but the panels is matrix products,
 * where reducing to two diagonals at once would be half products of a matrix and a vector, as slow as memory is. `numbers`, of
 * `bandShape` and zero, takes the entries.
 */
export function bandOf(a: Matrix, numbers: Float64Array, room: Room): Band {
  const { rows: m, columns: n } = a;
  const width = bandWidth(n);
  const entries: Matrix = { numbers, at: width - 1, rows: n, columns: n, rowStep: 3 * width - 2, columnStep: 1 };
  for (let from = 0; from < n; from += width) {
    const to = Math.min(n, from + width);
    const left = factorPanel(room, [rowsOf(columnsOf(a, from, to), from, m)]);
    copy(left.r, block(entries, from, from, left.r));
    if (to === n) break;
    const rest = columnsOf(rowsOf(a, from, m), to, n);
    reflect(room, left, [rest]);
    const right = factorPanel(room, [transposed(rowsOf(rest, 0, width))]);
    const lower = transposed(right.r);
    copy(lower, block(entries, from, to, lower));
    reflect(room, right, [transposed(rowsOf(rest, width, m - from))]);
  }
  return { entries, width };
}

const bandWidth = (n: number): number => Math.min(n, blockWidth);

/** Room for a band's entries: each row's 3 width - 1 places follow those of the row before, so that steps of one less lead from row to row. */
export const bandShape = (n: number) => [n, 3 * bandWidth(n) - 1] as const;

/** The part of the matrix from a row and a column on that is as large as `like`. */
const block = (matrix: Matrix, row: number, column: number, like: Matrix): Matrix =>
  columnsOf(rowsOf(matrix, row, row + like.rows), column, column + like.columns);
