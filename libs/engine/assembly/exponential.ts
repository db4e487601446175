import { multiplyAdd } from './multiply-add';

/**
 * Exponentials of four lanes: Cephes' expf, within one unit in the last place; infinite above 88.3, zero below -87.7.
 * NaN gives NaN, so a diverged run shows.
 */

/** Read from memory, one instruction each: V8 builds a constant of four lanes out of registers every time it meets one. */
const constants: usize = memory.data<f32>([
  89, -88, 1.44269504088896341, 12582912, 0.693359375, -2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
]);

// @ts-ignore: decorator
@inline function constant(i: usize): v128 { return v128.load32_splat(constants + (i << 2)); }

// @ts-ignore: decorator
@inline
export function one4(): v128 { return constant(12); }

// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // pmin and pmax keep NaN in their first place, and are one instruction where min and max are nine
  const bounded = f32x4.pmax(f32x4.pmin(x, constant(0)), constant(1));
  // adding 1.5 * 2^23 rounds to a whole number and leaves it in the lowest bits
  const shifted = multiplyAdd(bounded, constant(2), constant(3));
  const n = f32x4.sub(shifted, constant(3));
  // ln 2 in two parts, so that the remainder is exact
  let r = f32x4.sub(bounded, f32x4.mul(n, constant(4)));
  r = f32x4.sub(r, f32x4.mul(n, constant(5)));
  let p = constant(6);
  p = multiplyAdd(p, r, constant(7));
  p = multiplyAdd(p, r, constant(8));
  p = multiplyAdd(p, r, constant(9));
  p = multiplyAdd(p, r, constant(10));
  p = multiplyAdd(p, r, constant(11));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), constant(12));
  // 1.0 as a bit pattern is the exponent's bias in its place
  const power = i32x4.add(i32x4.shl(shifted, 23), constant(12));
  return f32x4.mul(p, power);
}

/** 1 / (1 + exp(-x)). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(constant(12), f32x4.add(constant(12), exp4(f32x4.neg(x))));
}
