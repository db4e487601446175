/** A matrix, or a part of one, where it lies: entry (i, j) is numbers[at + i rowStep + j columnStep]. */
export interface Matrix {
  readonly numbers: Float64Array;
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** A [rows,columns] matrix stored row by row. */
export function rowMajor(numbers: Float64Array, rows: number, columns: number): Matrix {
  return { numbers, at: 0, rows, columns, rowStep: columns, columnStep: 1 };
}

/** The same entries with rows and columns exchanged. */
export function transposed({ numbers, at, rows, columns, rowStep, columnStep }: Matrix): Matrix {
  return { numbers, at, rows: columns, columns: rows, rowStep: columnStep, columnStep: rowStep };
}

/** Rows [from, to). */
export function rowsOf({ numbers, at, columns, rowStep, columnStep }: Matrix, from: number, to: number): Matrix {
  return { numbers, at: at + from * rowStep, rows: to - from, columns, rowStep, columnStep };
}

/** Columns [from, to). */
export function columnsOf({ numbers, at, rows, rowStep, columnStep }: Matrix, from: number, to: number): Matrix {
  return { numbers, at: at + from * columnStep, rows, columns: to - from, rowStep, columnStep };
}

/** to <- from, of the same shape. */
export function copy(from: Matrix, to: Matrix): void {
  for (let i = 0; i < to.rows; i++) {
    let [source, target] = [from.at + i * from.rowStep, to.at + i * to.rowStep];
    for (let j = 0; j < to.columns; j++, source += from.columnStep, target += to.columnStep) to.numbers[target] = from.numbers[source]!;
  }
}

/** Sets every entry to 0. */
export function clear({ numbers, at, rows, columns, rowStep, columnStep }: Matrix): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) numbers[at + i * rowStep + j * columnStep] = 0;
}
