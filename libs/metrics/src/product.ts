import { columnsOf, copy, rowMajor, rowsOf, transposed, type Matrix } from './matrix.js';
import { inWorkspace } from './workspace.js';

/** Columns of either factor multiplied at a time. */
const blockColumns = 256;

/** A B', [m,p] row-major, of A [m,d] and B [p,d]. Of two upper triangular matrices only a third of the products are formed. */
export function timesTransposed(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const width = Math.min(d, blockColumns);
  const factors = [rowMajor(a, a.length / d, d), rowMajor(b, b.length / d, d)] as const;
  const [m, p] = [factors[0].rows, factors[1].rows];
  return inWorkspace([[m, p], [m, width], [p, width]], ([product, ...rooms], { addProduct }) => {
    for (let from = 0; from < d; from += width) {
      const [x, y] = factors.map((factor, side) => copied(upToLastEntry(columnsOf(factor, from, Math.min(d, from + width))), rooms[side]!)) as [Matrix, Matrix];
      addProduct(columnsOf(rowsOf(product, 0, x.rows), 0, y.rows), x, transposed(y));
    }
    return product.numbers.slice();
  });
}

/** The copy of a matrix in the corner of another. */
function copied(matrix: Matrix, into: Matrix): Matrix {
  const corner = columnsOf(rowsOf(into, 0, matrix.rows), 0, matrix.columns);
  copy(matrix, corner);
  return corner;
}

/** Without the rows at the end that are all zero. */
function upToLastEntry(matrix: Matrix): Matrix {
  const { numbers, at, rowStep, columns } = matrix;
  let { rows } = matrix;
  while (rows > 0 && numbers.subarray(at + (rows - 1) * rowStep, at + (rows - 1) * rowStep + columns).every((x) => x === 0)) rows--;
  return rowsOf(matrix, 0, rows);
}
