import type { Band } from './band.js';
import { clear, columnsOf, copy, rowsOf, transposed, type Matrix } from './matrix.js';
import { reflection, type Room } from './reflectors.js';

/** An upper bidiagonal matrix, [n,n]. */
export interface Bidiagonal {
  /** [n]. */
  readonly diagonal: Float64Array;
  /** [n]; entry i is to the right of diagonal entry i, the last is 0. */
  readonly superdiagonal: Float64Array;
}

/**
 * The bidiagonal matrix with the singular values of a band matrix, overwritten. Row after row is reflected onto its first two entries; that
 * fills the band below, and the bulge is chased to the end, cleared only as far as the next row's would overflow the room (Lang 1996,
 * "Parallel reduction of banded matrices to bidiagonal form"). Entries of about 1 are best: below 1e-140 they count as 0.
 */
export function bidiagonalise({ entries, width }: Band, room: Room): Bidiagonal {
  const n = entries.rows;
  for (let i = 0; i + 1 < n; i++) {
    for (let [row, from] = [i, i + 1]; from < n; [row, from] = [from, from + width]) {
      const to = Math.min(n, from + width);
      clearFirstRow(columnsOf(rowsOf(entries, row, to), from, to), room);
      clearFirstRow(transposed(columnsOf(rowsOf(entries, from, to), from, Math.min(n, to + width))), room);
    }
  }
  const entry = (i: number, j: number): number => entries.numbers[entries.at + i * entries.rowStep + j]!;
  return {
    diagonal: Float64Array.from({ length: n }, (_, i) => entry(i, i)),
    superdiagonal: Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? entry(i, i + 1) : 0)),
  };
}

/** Reflects the rows of a matrix so that the first is left with its first entry. */
function clearFirstRow(matrix: Matrix, { vectors, operations }: Room): void {
  const { numbers, at, rows, columns } = matrix;
  const v = columnsOf(rowsOf(vectors, 0, 1), 0, columns);
  copy(rowsOf(matrix, 0, 1), v);
  clear(rowsOf(matrix, 0, 1));
  const { image, tau } = reflection(v.numbers.subarray(v.at, v.at + columns));
  numbers[at] = image;
  operations.reflectRows(rowsOf(matrix, 1, rows), v, tau);
}
