/** One thing measured by simulating sweeps of which the truth is known. */
export interface Proof {
  /** What is put to the test: "interval", "paired test". */
  part: string;
  /** What was simulated. */
  name: string;
  measured: number;
  /** What is promised; null for what is only measured. */
  promise: { low: number; high: number } | null;
}

export interface Simulation {
  /** Sweeps simulated for each. */
  runs: number;
  seed: number;
}

export const holds = ({ measured, promise }: Proof): boolean => promise === null || (measured >= promise.low && measured <= promise.high);

/** The share of simulated sweeps of which something is true. */
export function shareOf(runs: number, isTrue: () => boolean): number {
  let hits = 0;
  for (let run = 0; run < runs; run++) if (isTrue()) hits++;
  return hits / runs;
}
