/** Columns of numbers of one length. */
export type Columns = readonly Float64Array[];

/** A QR decomposition by Householder reflections: X = QR, applied to any y without forming Q. */
export interface Qr {
  rows: number;
  /** Columns of X. */
  columns: number;
  /** Q'y, [rows]: what y is along X's columns, each orthogonal to those before it, then what X leaves of it. */
  rotated(y: ArrayLike<number>): Float64Array;
  /** The coefficients of least squares, [columns]. */
  coefficients(y: ArrayLike<number>): Float64Array;
  /** The first column that the ones before it make up; -1 if there is none. */
  dependent: number;
}

/** Of a column's length: what is left of it after those before it may be no less. */
const negligible = 1e-9;

/** Decomposes X, of at least as many rows as columns. */
export function qrOf(x: Columns): Qr {
  const [rows, columns] = [x[0]?.length ?? 0, x.length];
  const r = x.map((column) => Float64Array.from(column));
  const reflectors: Float64Array[] = [];
  let dependent = -1;
  for (let j = 0; j < columns; j++) {
    const column = r[j]!;
    const norm = Math.hypot(...column.subarray(j));
    if (dependent < 0 && norm <= negligible * Math.hypot(...x[j]!)) dependent = j;
    const v = new Float64Array(rows);
    v.set(column.subarray(j), j);
    v[j]! += column[j]! >= 0 ? norm : -norm;
    reflectors.push(v);
    for (let k = j; k < columns; k++) reflect(r[k]!, v, j);
  }
  const rotated = (y: ArrayLike<number>): Float64Array => {
    const out = Float64Array.from(y);
    reflectors.forEach((v, j) => reflect(out, v, j));
    return out;
  };
  return { rows, columns, rotated, dependent, coefficients: (y) => backSubstituted(r, rotated(y)) };
}

/** y less twice its part along v, whose entries before `from` are 0. */
function reflect(y: Float64Array, v: Float64Array, from: number): void {
  let [along, square] = [0, 0];
  for (let i = from; i < y.length; i++) {
    along += v[i]! * y[i]!;
    square += v[i]! * v[i]!;
  }
  if (square === 0) return;
  for (let i = from; i < y.length; i++) y[i]! -= ((2 * along) / square) * v[i]!;
}

function backSubstituted(r: Columns, y: Float64Array): Float64Array {
  const beta = new Float64Array(r.length);
  for (let j = r.length - 1; j >= 0; j--) {
    let left = y[j]!;
    for (let k = j + 1; k < r.length; k++) left -= r[k]![j]! * beta[k]!;
    beta[j] = left / r[j]![j]!;
  }
  return beta;
}
