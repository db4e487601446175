/** Number i of a kernel's plan: int32 words that its caller in src/simd writes. */
// @ts-ignore: decorator
@inline
export function word(plan: usize, i: usize): i32 {
  return load<i32>(plan + (i << 2));
}
