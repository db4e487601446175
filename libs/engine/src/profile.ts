/** How often a kernel ran, and for how long, by the main thread's clock. */
export interface KernelCount {
  calls: number;
  seconds: number;
}

type Counts = Record<string, KernelCount>;

const counts = { all: new Map<string, KernelCount>(), fallbacks: new Map<string, KernelCount>() };

/** Runs a kernel of our backends and records it. */
export function countKernel<T>(kernelName: string, counted: keyof typeof counts, run: () => T): T {
  const began = performance.now();
  const result = run();
  const seconds = (performance.now() - began) / 1000;
  const before = counts[counted].get(kernelName);
  if (before) {
    before.calls += 1;
    before.seconds += seconds;
  } else counts[counted].set(kernelName, { calls: 1, seconds });
  return result;
}

/** Every kernel that our backends ran since the last reset, slowest first. */
export const kernelCounts = (): Counts => sorted(counts.all);

/** Those of them that were left to a JavaScript kernel of tfjs's cpu backend, slowest first. */
export const fallbackCounts = (): Counts => sorted(counts.fallbacks);

export function resetCounts(): void {
  counts.all.clear();
  counts.fallbacks.clear();
}

function sorted(counted: ReadonlyMap<string, KernelCount>): Counts {
  return Object.fromEntries([...counted].map(([name, count]) => [name, { ...count }] as const).sort(([, a], [, b]) => b.seconds - a.seconds));
}
