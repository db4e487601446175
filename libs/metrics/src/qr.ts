import type { Features } from './features.js';
import { columnsOf, copy, rowsOf, type Matrix } from './matrix.js';
import { blockWidth, factorPanel, reflect, roomOf, roomShapes, type Room } from './reflectors.js';
import { inWorkspace } from './workspace.js';

/** Rows that R absorbs at a time: the more, the less is done on R itself; as much memory as that of R if there are as many features. */
const blockRows = 2048;

/**
 * The upper triangular R, [d,d] row-major, with R'R = (X - m)'(X - m) for the rows X and the mean m: a QR decomposition without Q
 * (Householder; Golub & Van Loan, alg. 5.2.1 and sec. 5.2.3), a block of rows at a time beneath the R of those before (LAPACK dtpqrt). Each
 * column of R is accurate to 2^-52 of that column's own norm, whatever the others are: X'X, which squares, is never formed.
 */
export function triangularFactor({ values, n, d }: Features, mean: Float64Array): Float64Array {
  const height = Math.min(n, blockRows);
  const negligible = squareNorms({ values, n, d }, mean).map((square) => (Number.EPSILON / 2) ** 2 * square);
  return inWorkspace([[d, d], [height, d], ...roomShapes(blockWidth + height, d)], ([r, block, ...rest], operations) => {
    for (let from = 0; from < n; from += height) {
      const rows = rowsOf(block, 0, Math.min(height, n - from));
      for (let i = 0; i < rows.rows; i++) for (let j = 0; j < d; j++) block.numbers[i * d + j] = values[(from + i) * d + j]! - mean[j]!;
      absorb(r, rows, { room: roomOf(rest, operations), negligible });
    }
    return r.numbers.slice();
  });
}

/** Of each column about its mean. */
function squareNorms({ values, n, d }: Features, mean: Float64Array): Float64Array {
  const sums = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) sums[j]! += (values[i * d + j]! - mean[j]!) ** 2;
  return sums;
}

/** R <- the triangular factor of R with the block's rows below it; the block is overwritten. */
function absorb(r: Matrix, block: Matrix, { room, negligible }: { room: Room; negligible: Float64Array }): void {
  const d = r.columns;
  for (let from = 0; from < d; from += blockWidth) {
    const to = Math.min(d, from + blockWidth);
    const stripe = rowsOf(r, from, to);
    const corner = columnsOf(stripe, from, to);
    const factors = factorPanel(room, [corner, columnsOf(block, from, to)], negligible.subarray(from, to));
    copy(factors.r, corner);
    if (to < d) reflect(room, factors, [columnsOf(stripe, to, d), columnsOf(block, to, d)]);
  }
}
