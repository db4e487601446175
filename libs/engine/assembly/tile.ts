import { multiplyAdd } from './multiply-add';

/**
 * The inner loop of every convolution and matrix product: a tile of 4 rows by 8 columns.
 * Eight accumulators and a loop over depth that is not unrolled: bigger tiles and unrolled loops make V8 spill registers and run at
 * half the speed (measured on AVX2: 31-34 GFLOP/s a core against 14-22). The rows are read where they lie; packing them first
 * cost a fifth at 16 channels.
 */

/**
 * y[p][0..columns] = sum over taps t and k < depth of row[t][p][k] b[t][k][0..columns], columns <= 8, for four rows p.
 * `rows` lists the addresses of row[t][0..4]; b is a panel [taps][depth][8].
 */
export function tile(rows: usize, taps: i32, depth: i32, b: usize, y0: usize, y1: usize, y2: usize, y3: usize, columns: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const bytes: usize = depth << 2;
  for (const last = rows + (taps << 4); rows < last; rows += 16) {
    let p0: usize = load<u32>(rows), p1: usize = load<u32>(rows, 4), p2: usize = load<u32>(rows, 8), p3: usize = load<u32>(rows, 12);
    const end = p0 + bytes;
    while (p0 < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const a0 = v128.load32_splat(p0);
      c00 = multiplyAdd(a0, b0, c00);
      c01 = multiplyAdd(a0, b1, c01);
      const a1 = v128.load32_splat(p1);
      c10 = multiplyAdd(a1, b0, c10);
      c11 = multiplyAdd(a1, b1, c11);
      const a2 = v128.load32_splat(p2);
      c20 = multiplyAdd(a2, b0, c20);
      c21 = multiplyAdd(a2, b1, c21);
      const a3 = v128.load32_splat(p3);
      c30 = multiplyAdd(a3, b0, c30);
      c31 = multiplyAdd(a3, b1, c31);
      p0 += 4; p1 += 4; p2 += 4; p3 += 4;
      b += 32;
    }
  }
  if (columns >= 8) {
    v128.store(y0, c00); v128.store(y0, c01, 16);
    v128.store(y1, c10); v128.store(y1, c11, 16);
    v128.store(y2, c20); v128.store(y2, c21, 16);
    v128.store(y3, c30); v128.store(y3, c31, 16);
  } else {
    storeFirst(y0, c00, c01, columns);
    storeFirst(y1, c10, c11, columns);
    storeFirst(y2, c20, c21, columns);
    storeFirst(y3, c30, c31, columns);
  }
}

/** Stores the first `columns` (1 to 7) of eight lanes. */
function storeFirst(y: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 4) {
    v128.store(y, low);
    y += 16;
    columns -= 4;
    low = high;
  }
  if (columns > 0) store<f32>(y, f32x4.extract_lane(low, 0));
  if (columns > 1) store<f32>(y, f32x4.extract_lane(low, 1), 4);
  if (columns > 2) store<f32>(y, f32x4.extract_lane(low, 2), 8);
}

/**
 * to[k][8] = from[k * rowStride + q * columnStride], zero for q >= columns: one panel of `tile`'s second factor.
 * Strides in numbers. Returns the end of what it wrote.
 */
export function packPanel(from: usize, rowStride: i32, columnStride: i32, depth: i32, columns: i32, to: usize): usize {
  const whole = columnStride == 1 && columns >= 8;
  for (let k = 0; k < depth; k++) {
    if (whole) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      for (let q = 0; q < 8; q++) {
        store<f32>(to + (q << 2), q < columns ? load<f32>(from + ((q * columnStride) << 2)) : 0);
      }
    }
    from += rowStride << 2;
    to += 32;
  }
  return to;
}
