import { exp4, sigmoid4 } from './exponential';

/** Functions of single numbers, and of pairs that broadcast. Codes are the order of `binaryOps` and `unaryOps` in src/simd/elementwise.ts. */

// @ts-ignore: decorator
@inline
function pair(op: i32, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  if (op == 2) return f32x4.mul(a, b);
  if (op == 3) return f32x4.div(a, b);
  if (op == 4) { const d = f32x4.sub(a, b); return f32x4.mul(d, d); }
  if (op == 5) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline
function single(op: i32, x: v128): v128 {
  if (op == 0) return sigmoid4(x);
  if (op == 1) return f32x4.mul(x, x);
  if (op == 2) return f32x4.sqrt(x);
  if (op == 3) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == 4) return f32x4.neg(x);
  if (op == 5) return f32x4.max(x, f32x4.splat(0));
  if (op == 6) return exp4(x);
  if (op == 7) return f32x4.abs(x);
  // a step: 1 above 0, else 0; a lane that differs from itself is not a number and stays so
  return v128.bitselect(x, v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1)), f32x4.ne(x, x));
}

/** A load of up to 4 numbers at the end of a row. */
export function loadFirst(from: usize, count: i32): v128 {
  let x = f32x4.splat(load<f32>(from));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

export function storeFirst(to: usize, x: v128, count: i32): void {
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** One row; a step is 1 for a row of numbers, 0 for one number used all along. */
// @ts-ignore: decorator
@inline
function pairRow(op: i32, a: usize, b: usize, y: usize, count: i32, stepA: i32, stepB: i32): void {
  const wholeEnd = y + ((count & ~3) << 2), rest = count & 3;
  if (stepA && stepB) {
    while (y < wholeEnd) { v128.store(y, pair(op, v128.load(a), v128.load(b))); a += 16; b += 16; y += 16; }
    if (rest) storeFirst(y, pair(op, loadFirst(a, rest), loadFirst(b, rest)), rest);
  } else if (stepA) {
    const other = v128.load32_splat(b);
    while (y < wholeEnd) { v128.store(y, pair(op, v128.load(a), other)); a += 16; y += 16; }
    if (rest) storeFirst(y, pair(op, loadFirst(a, rest), other), rest);
  } else {
    const other = v128.load32_splat(a);
    while (y < wholeEnd) { v128.store(y, pair(op, other, v128.load(b))); b += 16; y += 16; }
    if (rest) storeFirst(y, pair(op, other, loadFirst(b, rest)), rest);
  }
}

/**
 * y [n0][n1][n2][n3] = op(a, b). shape points at 12 words: four sizes, then a's four strides and b's, in numbers, 0 where it is broadcast.
 * The last strides are 0 or 1. Of several rows of n3 numbers those in [from, to); of a single row the numbers in [from, to).
 */
export function binary(op: i32, a: usize, b: usize, y: usize, shape: usize, from: i32, to: i32): void {
  const rows = load<i32>(shape) * load<i32>(shape, 4) * load<i32>(shape, 8), n1 = load<i32>(shape, 4), n2 = load<i32>(shape, 8), n3 = load<i32>(shape, 12);
  const a0 = load<i32>(shape, 16), a1 = load<i32>(shape, 20), a2 = load<i32>(shape, 24), a3 = load<i32>(shape, 28);
  const b0 = load<i32>(shape, 32), b1 = load<i32>(shape, 36), b2 = load<i32>(shape, 40), b3 = load<i32>(shape, 44);
  if (rows == 1) return pairs(op, a + ((from * a3) << 2), b + ((from * b3) << 2), y + (from << 2), to - from, a3, b3);
  let i = from / (n1 * n2), j = from / n2 % n1, k = from % n2;
  y += (from * n3) << 2;
  for (let row = from; row < to; row++) {
    pairs(op, a + ((i * a0 + j * a1 + k * a2) << 2), b + ((i * b0 + j * b1 + k * b2) << 2), y, n3, a3, b3);
    y += n3 << 2;
    if (++k == n2) { k = 0; if (++j == n1) { j = 0; i++; } }
  }
}

/** One loop for each op, so that none asks which op it is for every number. */
function pairs(op: i32, a: usize, b: usize, y: usize, count: i32, stepA: i32, stepB: i32): void {
  switch (op) {
    case 0: pairRow(0, a, b, y, count, stepA, stepB); break;
    case 1: pairRow(1, a, b, y, count, stepA, stepB); break;
    case 2: pairRow(2, a, b, y, count, stepA, stepB); break;
    case 3: pairRow(3, a, b, y, count, stepA, stepB); break;
    case 4: pairRow(4, a, b, y, count, stepA, stepB); break;
    case 5: pairRow(5, a, b, y, count, stepA, stepB); break;
    default: pairRow(6, a, b, y, count, stepA, stepB);
  }
}

// @ts-ignore: decorator
@inline
function singleRow(op: i32, x: usize, y: usize, count: i32): void {
  const wholeEnd = y + ((count & ~3) << 2), rest = count & 3;
  while (y < wholeEnd) { v128.store(y, single(op, v128.load(x))); x += 16; y += 16; }
  if (rest) storeFirst(y, single(op, loadFirst(x, rest)), rest);
}

/** y = op(x), numbers [from, to). */
export function unary(op: i32, x: usize, y: usize, from: i32, to: i32): void {
  const count = to - from;
  x += from << 2;
  y += from << 2;
  switch (op) {
    case 0: singleRow(0, x, y, count); break;
    case 1: singleRow(1, x, y, count); break;
    case 2: singleRow(2, x, y, count); break;
    case 3: singleRow(3, x, y, count); break;
    case 4: singleRow(4, x, y, count); break;
    case 5: singleRow(5, x, y, count); break;
    case 6: singleRow(6, x, y, count); break;
    case 7: singleRow(7, x, y, count); break;
    default: singleRow(8, x, y, count);
  }
}

/** y = x held to [low, high], numbers [from, to). */
export function clip(x: usize, y: usize, low: f32, high: f32, from: i32, to: i32): void {
  const lowest = f32x4.splat(low), highest = f32x4.splat(high), rest = (to - from) & 3;
  x += from << 2;
  y += from << 2;
  // pmin and pmax keep NaN in their first place
  for (const end = y + (((to - from) & ~3) << 2); y < end; x += 16, y += 16) v128.store(y, f32x4.pmax(f32x4.pmin(v128.load(x), highest), lowest));
  if (rest) storeFirst(y, f32x4.pmax(f32x4.pmin(loadFirst(x, rest), highest), lowest), rest);
}
