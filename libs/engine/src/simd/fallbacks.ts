/** How often, and for how long, the simd backend had to run a kernel of the cpu backend. */
export interface Fallback {
  calls: number;
  ms: number;
}

const fallbacks = new Map<string, Fallback>();

/** Runs a kernel of the cpu backend and counts it. */
export function countFallback<T>(kernelName: string, run: () => T): T {
  const began = performance.now();
  const result = run();
  const counted = fallbacks.get(kernelName) ?? { calls: 0, ms: 0 };
  fallbacks.set(kernelName, { calls: counted.calls + 1, ms: counted.ms + performance.now() - began });
  return result;
}

/** Kernels the simd backend left to JavaScript since the last reset, the slowest first. */
export function simdFallbacks(): [kernelName: string, Fallback][] {
  return [...fallbacks].sort(([, a], [, b]) => b.ms - a.ms);
}

export function resetSimdFallbacks(): void {
  fallbacks.clear();
}
