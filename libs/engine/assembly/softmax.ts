import { loadFirst, storeFirst } from './elementwise';
import { exp4 } from './exponential';

/** y = exp(x - the row's largest) / their sum, the sum kept in float64; rows [from, to) of so many columns. */
export function softmax(x: usize, y: usize, columns: i32, from: i32, to: i32): void {
  const rowBytes = columns << 2, wholeBytes = (columns & ~3) << 2, rest = columns & 3;
  x += from * rowBytes;
  y += from * rowBytes;
  for (let row = from; row < to; row++) {
    const largest = f32x4.splat(rowMaximum(x, wholeBytes, rest));
    let low = f64x2.splat(0), high = low;
    for (let i = 0; i < wholeBytes; i += 16) {
      const power = exp4(f32x4.sub(v128.load(x + i), largest));
      v128.store(y + i, power);
      low = f64x2.add(low, f64x2.promote_low_f32x4(power));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(power, power, 1, 1)));
    }
    low = f64x2.add(low, high);
    let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    if (rest) {
      storeFirst(y + wholeBytes, exp4(f32x4.sub(loadFirst(x + wholeBytes, rest), largest)), rest);
      for (let i = wholeBytes; i < rowBytes; i += 4) sum += <f64>load<f32>(y + i);
    }
    const total = f32x4.splat(<f32>sum);
    for (let i = 0; i < wholeBytes; i += 16) v128.store(y + i, f32x4.div(v128.load(y + i), total));
    if (rest) storeFirst(y + wholeBytes, f32x4.div(loadFirst(y + wholeBytes, rest), total), rest);
    x += rowBytes;
    y += rowBytes;
  }
}

/** NaN when a number of the row is. */
// @ts-ignore: decorator
@inline
function rowMaximum(x: usize, wholeBytes: i32, rest: i32): f32 {
  let largest = wholeBytes ? v128.load(x) : loadFirst(x, rest);
  for (let i = 16; i < wholeBytes; i += 16) largest = f32x4.max(largest, v128.load(x + i));
  if (rest) largest = f32x4.max(largest, loadFirst(x + wholeBytes, rest));
  return max(max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)), max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)));
}
