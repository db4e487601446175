/** sum + the squares of x [count], added one after another in float64: as the optimiser in JavaScript adds them. */
export function sumOfSquares(x: usize, count: i32, sum: f64): f64 {
  for (const end = x + (count << 2); x < end; x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  return sum;
}

// @ts-ignore: decorator
@inline function pair(from: usize): v128 { return f64x2.promote_low_f32x4(v128.load64_zero(from)); }
// @ts-ignore: decorator
@inline function storePair(to: usize, x: v128): void { v128.store64_lane(to, f32x4.demote_f64x2_zero(x), 0); }
// @ts-ignore: decorator
@inline function one(from: usize): v128 { return f64x2.promote_low_f32x4(v128.load32_zero(from)); }
// @ts-ignore: decorator
@inline function storeOne(to: usize, x: v128): void { v128.store32_lane(to, f32x4.demote_f64x2_zero(x), 0); }

/**
 * Numbers [from, to) of a step of Adam and of the average that follows the weights, all in place: gradient is scaled by `scale`, then
 * Kingma & Ba 2015, Alg. 1, with corrections 1 - beta^steps, on `keep` of the weights (Loshchilov & Hutter 2019), then average = decay average + (1 - decay) weights. In float64 and in
 * the order of libs/training/src/optimiser.ts, so that the bits are the same.
 */
export function adamStep(
  weights: usize, gradient: usize, first: usize, second: usize, average: usize, scale: f64, learningRate: f64,
  beta1: f64, beta2: f64, correction1: f64, correction2: f64, epsilon: f64, keep: f64, decay: f64, from: i32, to: i32, thread: i32,
): void {
  const scales = scale != 1;
  let at: usize = from << 2;
  for (const end: usize = to << 2; at < end; at += 8) {
    const both = at + 8 <= end;
    let g = both ? pair(gradient + at) : one(gradient + at);
    if (scales) g = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(f64x2.mul(g, f64x2.splat(scale))));
    const m = f64x2.add(f64x2.mul(f64x2.splat(beta1), both ? pair(first + at) : one(first + at)), f64x2.mul(f64x2.splat(1 - beta1), g));
    const v = f64x2.add(f64x2.mul(f64x2.splat(beta2), both ? pair(second + at) : one(second + at)), f64x2.mul(f64x2.mul(f64x2.splat(1 - beta2), g), g));
    const size = f64x2.add(f64x2.sqrt(f64x2.div(v, f64x2.splat(correction2))), f64x2.splat(epsilon));
    const move = f64x2.div(f64x2.mul(f64x2.splat(learningRate), f64x2.div(m, f64x2.splat(correction1))), size);
    const w = f32x4.demote_f64x2_zero(f64x2.sub(f64x2.mul(f64x2.splat(keep), both ? pair(weights + at) : one(weights + at)), move));
    const mean = f64x2.add(f64x2.mul(f64x2.splat(decay), both ? pair(average + at) : one(average + at)), f64x2.mul(f64x2.splat(1 - decay), f64x2.promote_low_f32x4(w)));
    if (both) {
      storePair(first + at, m);
      storePair(second + at, v);
      v128.store64_lane(weights + at, w, 0);
      storePair(average + at, mean);
    } else {
      storeOne(first + at, m);
      storeOne(second + at, v);
      v128.store32_lane(weights + at, w, 0);
      storeOne(average + at, mean);
    }
  }
}
