/** Sums, kept in float64 until the end: the order of magnitude of a sum over a batch is 1e5 numbers. */

/** y [count] = scale * sum over x [count][length]. */
export function sumRows(x: usize, y: usize, count: i32, length: i32, scale: f64): void {
  for (let r = 0; r < count; r++) {
    let low = f64x2.splat(0), high = low;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      const four = v128.load(x);
      low = f64x2.add(low, f64x2.promote_low_f32x4(four));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1)));
      x += 16;
    }
    low = f64x2.add(low, high);
    let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    for (; i < length; i++) {
      sum += <f64>load<f32>(x);
      x += 4;
    }
    store<f32>(y + (r << 2), <f32>(sum * scale));
  }
}

/** y [count][columns] = scale * sum over the middle of x [count][rows][columns]. */
export function sumColumns(x: usize, y: usize, count: i32, rows: i32, columns: i32, scale: f64): void {
  const rowBytes = columns << 2;
  for (let n = 0; n < count; n++) {
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      let low = f64x2.splat(0), high = low;
      let from = x + (c << 2);
      for (let r = 0; r < rows; r++) {
        const four = v128.load(from);
        low = f64x2.add(low, f64x2.promote_low_f32x4(four));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1)));
        from += rowBytes;
      }
      const factor = f64x2.splat(scale);
      const lowSum = f32x4.demote_f64x2_zero(f64x2.mul(low, factor)), highSum = f32x4.demote_f64x2_zero(f64x2.mul(high, factor));
      v128.store(y + (c << 2), v128.shuffle<f64>(lowSum, highSum, 0, 2));
    }
    for (; c < columns; c++) {
      let sum: f64 = 0;
      let from = x + (c << 2);
      for (let r = 0; r < rows; r++) {
        sum += <f64>load<f32>(from);
        from += rowBytes;
      }
      store<f32>(y + (c << 2), <f32>(sum * scale));
    }
    x += rows * rowBytes;
    y += rowBytes;
  }
}
