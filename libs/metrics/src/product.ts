/** Columns of either factor processed together, so that the rows in use stay in a core's cache. */
const blockColumns = 256;

/** A B', [m,p] row-major, of A [m,d] and B [p,d]. */
export function timesTransposed(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const [m, p] = [a.length / d, b.length / d];
  const product = new Float64Array(m * p);
  for (let from = 0; from < d; from += blockColumns) {
    const to = Math.min(d, from + blockColumns);
    for (let i = 0; i < m; i += 4) {
      for (let j = 0; j < p; j += 2) addTile({ a, b, d, product, p, from, to }, i, j);
    }
  }
  return product;
}

interface Tile {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly d: number;
  readonly product: Float64Array;
  readonly p: number;
  readonly from: number;
  readonly to: number;
}

/** Adds the contribution of columns from..to to a four-by-two block of the product. At an edge the last row stands in for those beyond it and is not stored. */
function addTile({ a, b, d, product, p, from, to }: Tile, i: number, j: number): void {
  const rows = Math.min(4, a.length / d - i);
  const [a0, a1, a2, a3] = [i * d, (i + Math.min(1, rows - 1)) * d, (i + Math.min(2, rows - 1)) * d, (i + Math.min(3, rows - 1)) * d];
  const [b0, b1] = [j * d, Math.min(j + 1, p - 1) * d];
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = from; k < to; k++) {
    const [x, y] = [b[b0 + k]!, b[b1 + k]!];
    const [r0, r1, r2, r3] = [a[a0 + k]!, a[a1 + k]!, a[a2 + k]!, a[a3 + k]!];
    s00 += r0 * x; s01 += r0 * y;
    s10 += r1 * x; s11 += r1 * y;
    s20 += r2 * x; s21 += r2 * y;
    s30 += r3 * x; s31 += r3 * y;
  }
  const sums = [s00, s01, s10, s11, s20, s21, s30, s31];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < Math.min(2, p - j); column++) product[(i + row) * p + j + column]! += sums[2 * row + column]!;
  }
}
