/** A Householder reflection I - tau v v' applied to vectors, in place. Addresses in bytes, steps in numbers. */

/** Bytes of a number. */
const size = 8;

/** Each row of x [rows,count] is reflected; v [count]. */
export function reflectRows(x: usize, rowStep: i32, rows: i32, count: i32, v: usize, tau: f64): void {
  const pairs = <usize>((count & ~1) * size), odd = count & 1;
  for (let i = 0; i < rows; i++, x += rowStep * size) {
    let sum0 = f64x2.splat(0), sum1 = sum0, at: usize = 0;
    for (; at + 32 <= pairs; at += 32) {
      sum0 = f64x2.add(sum0, f64x2.mul(v128.load(x + at), v128.load(v + at)));
      sum1 = f64x2.add(sum1, f64x2.mul(v128.load(x + at, 16), v128.load(v + at, 16)));
    }
    if (at < pairs) sum0 = f64x2.add(sum0, f64x2.mul(v128.load(x + at), v128.load(v + at)));
    sum0 = f64x2.add(sum0, sum1);
    let sum = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
    if (odd) sum += load<f64>(x + pairs) * load<f64>(v + pairs);
    sum *= tau;
    const along = f64x2.splat(sum);
    for (at = 0; at < pairs; at += 16) v128.store(x + at, f64x2.sub(v128.load(x + at), f64x2.mul(along, v128.load(v + at))));
    if (odd) store<f64>(x + pairs, load<f64>(x + pairs) - sum * load<f64>(v + pairs));
  }
}

/** Each column of x [count,columns] is reflected; v [count]. */
export function reflectColumns(x: usize, rowStep: i32, columns: i32, count: i32, v: usize, tau: f64): void {
  const row = <usize>(rowStep * size), end = v + count * size, scale = f64x2.splat(tau);
  for (; columns >= 4; columns -= 4, x += 32) {
    let low = f64x2.splat(0), high = low;
    for (let at = x, i = v; i < end; at += row, i += size) {
      const vi = v128.load64_splat(i);
      low = f64x2.add(low, f64x2.mul(vi, v128.load(at)));
      high = f64x2.add(high, f64x2.mul(vi, v128.load(at, 16)));
    }
    low = f64x2.mul(low, scale);
    high = f64x2.mul(high, scale);
    for (let at = x, i = v; i < end; at += row, i += size) {
      const vi = v128.load64_splat(i);
      v128.store(at, f64x2.sub(v128.load(at), f64x2.mul(vi, low)));
      v128.store(at, f64x2.sub(v128.load(at, 16), f64x2.mul(vi, high)), 16);
    }
  }
  for (; columns > 0; columns--, x += size) {
    let sum: f64 = 0;
    for (let at = x, i = v; i < end; at += row, i += size) sum += load<f64>(i) * load<f64>(at);
    sum *= tau;
    for (let at = x, i = v; i < end; at += row, i += size) store<f64>(at, load<f64>(at) - load<f64>(i) * sum);
  }
}
