/** A stream of uniform numbers in [0, 1) determined by a seed (mulberry32: 32 bits of state, ample for drawing subsets). */
export function uniformStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `size` of the numbers 0..n-1 without repetition, every subset equally likely (Fisher-Yates, stopped early). Needs size <= n. */
export function randomSubset(n: number, size: number, uniform: () => number): Int32Array {
  const numbers = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(uniform() * (n - i));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers.subarray(0, size);
}
