import { BinaryOp, BroadcastPlan, UnaryOp } from './layouts';
import { exp4, sigmoid4 } from './exponential';

/** Functions of single numbers, and of pairs that broadcast. */

// @ts-ignore: decorator
@inline
function pair(op: i32, a: v128, b: v128): v128 {
  if (op == BinaryOp.Add) return f32x4.add(a, b);
  if (op == BinaryOp.Sub) return f32x4.sub(a, b);
  if (op == BinaryOp.Multiply) return f32x4.mul(a, b);
  if (op == BinaryOp.RealDiv) return f32x4.div(a, b);
  if (op == BinaryOp.SquaredDifference) { const d = f32x4.sub(a, b); return f32x4.mul(d, d); }
  if (op == BinaryOp.Maximum) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline
function single(op: i32, x: v128): v128 {
  if (op == UnaryOp.Sigmoid) return sigmoid4(x);
  if (op == UnaryOp.Square) return f32x4.mul(x, x);
  if (op == UnaryOp.Sqrt) return f32x4.sqrt(x);
  if (op == UnaryOp.Rsqrt) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == UnaryOp.Neg) return f32x4.neg(x);
  if (op == UnaryOp.Relu) return f32x4.max(x, f32x4.splat(0));
  if (op == UnaryOp.Exp) return exp4(x);
  if (op == UnaryOp.Abs) return f32x4.abs(x);
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
 * y [n0][n1][n2][n3] = op(a, b). The plan's strides are in numbers, 0 where a or b is broadcast.
 * The last strides are 0 or 1. Of several rows of n3 numbers those in [from, to); of a single row the numbers in [from, to).
 */
export function binary(op: i32, a: usize, b: usize, y: usize, plan: usize, from: i32, to: i32): void {
  const n0 = load<i32>(plan, BroadcastPlan.size0 << 2), n1 = load<i32>(plan, BroadcastPlan.size1 << 2);
  const n2 = load<i32>(plan, BroadcastPlan.size2 << 2), n3 = load<i32>(plan, BroadcastPlan.size3 << 2), rows = n0 * n1 * n2;
  const a0 = load<i32>(plan, BroadcastPlan.a0 << 2), a1 = load<i32>(plan, BroadcastPlan.a1 << 2);
  const a2 = load<i32>(plan, BroadcastPlan.a2 << 2), a3 = load<i32>(plan, BroadcastPlan.a3 << 2);
  const b0 = load<i32>(plan, BroadcastPlan.b0 << 2), b1 = load<i32>(plan, BroadcastPlan.b1 << 2);
  const b2 = load<i32>(plan, BroadcastPlan.b2 << 2), b3 = load<i32>(plan, BroadcastPlan.b3 << 2);
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
    case BinaryOp.Add: pairRow(BinaryOp.Add, a, b, y, count, stepA, stepB); break;
    case BinaryOp.Sub: pairRow(BinaryOp.Sub, a, b, y, count, stepA, stepB); break;
    case BinaryOp.Multiply: pairRow(BinaryOp.Multiply, a, b, y, count, stepA, stepB); break;
    case BinaryOp.RealDiv: pairRow(BinaryOp.RealDiv, a, b, y, count, stepA, stepB); break;
    case BinaryOp.SquaredDifference: pairRow(BinaryOp.SquaredDifference, a, b, y, count, stepA, stepB); break;
    case BinaryOp.Maximum: pairRow(BinaryOp.Maximum, a, b, y, count, stepA, stepB); break;
    default: pairRow(BinaryOp.Minimum, a, b, y, count, stepA, stepB);
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
    case UnaryOp.Sigmoid: singleRow(UnaryOp.Sigmoid, x, y, count); break;
    case UnaryOp.Square: singleRow(UnaryOp.Square, x, y, count); break;
    case UnaryOp.Sqrt: singleRow(UnaryOp.Sqrt, x, y, count); break;
    case UnaryOp.Rsqrt: singleRow(UnaryOp.Rsqrt, x, y, count); break;
    case UnaryOp.Neg: singleRow(UnaryOp.Neg, x, y, count); break;
    case UnaryOp.Relu: singleRow(UnaryOp.Relu, x, y, count); break;
    case UnaryOp.Exp: singleRow(UnaryOp.Exp, x, y, count); break;
    case UnaryOp.Abs: singleRow(UnaryOp.Abs, x, y, count); break;
    default: singleRow(UnaryOp.Step, x, y, count);
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
