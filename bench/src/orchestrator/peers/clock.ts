/** ms since 1970, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Collects when each of `jobs` jobs was run. */
export function collectTimes(jobs: number): { ran(): void; all: Promise<number[]> } {
  const times: number[] = [];
  let finish: (times: number[]) => void;
  const all = new Promise<number[]>((resolve) => { finish = resolve; });
  return {
    all,
    ran() {
      times.push(now());
      if (times.length === jobs) finish(times);
    },
  };
}
