/**
 * The inner loop of every convolution and matrix product: a tile of 4 rows by 8 columns.
 * Eight accumulators and one pass over `depth`, not unrolled: bigger tiles and unrolled loops make V8 spill registers
 * and run at half the speed (measured on AVX2: 31-34 GFLOP/s a core against 14-22).
 */

/** y[p][0..columns] = sum over k of a[k][p] b[k][0..columns], for four rows p; a is packed [depth][4], b [depth][8]. columns <= 8. */
export function tile(a: usize, b: usize, depth: i32, y0: usize, y1: usize, y2: usize, y3: usize, columns: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a + ((<usize>depth) << 4);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    a += 16;
    b += 32;
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

/** to[k][4] = the k-th number of each of four rows: the packing `tile` reads its first factor in. Returns the end of what it wrote. */
export function packRows(s0: usize, s1: usize, s2: usize, s3: usize, count: i32, to: usize): usize {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const r0 = v128.load(s0), r1 = v128.load(s1), r2 = v128.load(s2), r3 = v128.load(s3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), 16);
    v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 32);
    v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 48);
    s0 += 16; s1 += 16; s2 += 16; s3 += 16; to += 64;
  }
  for (; k < count; k++) {
    store<f32>(to, load<f32>(s0));
    store<f32>(to, load<f32>(s1), 4);
    store<f32>(to, load<f32>(s2), 8);
    store<f32>(to, load<f32>(s3), 12);
    s0 += 4; s1 += 4; s2 += 4; s3 += 4; to += 16;
  }
  return to;
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
