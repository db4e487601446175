import { multiplyAdd } from './multiply-add';

/**
 * The linear maps of F(4 x 4, 3 x 3) along one axis, four channels at a time: y = A^T [(G w) . (B^T x)] gives 4 outputs of a filter of
 * 3 taps over 6 numbers. Cook and Toom's construction (Lavin & Gray 2016, arXiv 1509.09308; Blahut 2010, section 5.2) at the points
 * 0, ±r, ±1/r and infinity, r = sqrt(1/2). Lavin & Gray's points, 0, ±1 and ±2, lose five times as many digits.
 *
 *         | 1    0  -5/2   0   1  0 |        |  1       0      0  |
 *         | 0  -2r   -2    r   1  0 |        |-2/3  -2r/3   -1/3  |            | 1  1    1    1    1   0 |
 *   B^T = | 0   2r   -2   -r   1  0 |    G = |-2/3   2r/3   -1/3  |    A^T  =  | 0  r   -r   2r  -2r   0 |
 *         | 0   -r  -1/2  2r   1  0 |        | 1/6   r/3     1/3  |            | 0 1/2  1/2   2    2   0 |
 *         | 0    r  -1/2 -2r   1  0 |        | 1/6  -r/3     1/3  |            | 0 r/2 -r/2  4r  -4r   1 |
 *         | 0    1    0  -5/2  0  1 |        |  0       0      1  |
 */

/** sqrt(1/2), the points' unit. */
// @ts-ignore: decorator
@inline
const r: f32 = 0.70710678;

/** c + a b for a number a. */
// @ts-ignore: decorator
@inline
function plus(c: v128, a: f32, b: v128): v128 {
  return multiplyAdd(f32x4.splat(a), b, c);
}

// @ts-ignore: decorator
@inline
function times(a: f32, b: v128): v128 {
  return f32x4.mul(f32x4.splat(a), b);
}

/** Component `index` of B^T x. */
// @ts-ignore: decorator
@inline
export function inputPlace(index: i32, x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128): v128 {
  if (index == 0) return plus(f32x4.add(x0, x4), -2.5, x2);
  if (index == 5) return plus(f32x4.add(x1, x5), -2.5, x3);
  const near = index < 3, even = plus(x4, near ? -2 : -0.5, x2), odd = times(near ? r : 2 * r, plus(x3, near ? -2 : -0.5, x1));
  return index & 1 ? f32x4.add(even, odd) : f32x4.sub(even, odd);
}

/** B^T x, stored `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function mapInput(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, to: usize, step: usize): void {
  v128.store(to, inputPlace(0, x0, x1, x2, x3, x4, x5));
  v128.store(to + step, inputPlace(1, x0, x1, x2, x3, x4, x5));
  v128.store(to + 2 * step, inputPlace(2, x0, x1, x2, x3, x4, x5));
  v128.store(to + 3 * step, inputPlace(3, x0, x1, x2, x3, x4, x5));
  v128.store(to + 4 * step, inputPlace(4, x0, x1, x2, x3, x4, x5));
  v128.store(to + 5 * step, inputPlace(5, x0, x1, x2, x3, x4, x5));
}

/** Number 0, 1, 2 or 3 of A^T m. */
// @ts-ignore: decorator
@inline
export function outputOf(which: i32, m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128): v128 {
  if (which & 1) {
    const near = f32x4.sub(m1, m2), far = f32x4.sub(m3, m4);
    return which == 1 ? times(r, plus(near, 2, far)) : plus(plus(m5, 0.5 * r, near), 4 * r, far);
  }
  const near = f32x4.add(m1, m2), far = f32x4.add(m3, m4);
  return which == 0 ? f32x4.add(m0, f32x4.add(near, far)) : plus(times(0.5, near), 2, far);
}

/** Component `index` of G w. */
// @ts-ignore: decorator
@inline
export function filterPlace(index: i32, w0: v128, w1: v128, w2: v128): v128 {
  if (index == 0) return w0;
  if (index == 5) return w2;
  if (index < 3) return times(-2.0 / 3.0, plus(plus(w0, 0.5, w2), index == 1 ? r : -r, w1));
  return times(1.0 / 6.0, plus(plus(w0, 2, w2), index == 3 ? 2 * r : -2 * r, w1));
}

/** Component `index` of A y. */
// @ts-ignore: decorator
@inline
export function slopePlace(index: i32, y0: v128, y1: v128, y2: v128, y3: v128): v128 {
  if (index == 0) return y0;
  if (index == 5) return y3;
  const near = index < 3, even = plus(y0, near ? 0.5 : 2, y2), odd = times(near ? r : 2 * r, plus(y1, near ? 0.5 : 2, y3));
  return index & 1 ? f32x4.add(even, odd) : f32x4.sub(even, odd);
}

/** A y, stored `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function mapSlope(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  v128.store(to, y0);
  v128.store(to + step, slopePlace(1, y0, y1, y2, y3));
  v128.store(to + 2 * step, slopePlace(2, y0, y1, y2, y3));
  v128.store(to + 3 * step, slopePlace(3, y0, y1, y2, y3));
  v128.store(to + 4 * step, slopePlace(4, y0, y1, y2, y3));
  v128.store(to + 5 * step, y3);
}

/** Tap 0, 1 or 2 of G^T s. */
// @ts-ignore: decorator
@inline
export function tapOf(which: i32, s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128): v128 {
  if (which == 1) return times(r, plus(times(-2.0 / 3.0, f32x4.sub(s1, s2)), 1.0 / 3.0, f32x4.sub(s3, s4)));
  const near = f32x4.add(s1, s2), far = f32x4.add(s3, s4);
  return which == 0 ? plus(plus(s0, -2.0 / 3.0, near), 1.0 / 6.0, far) : plus(plus(s5, -1.0 / 3.0, near), 1.0 / 3.0, far);
}
