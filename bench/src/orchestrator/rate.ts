import { latenciesOf, type Latencies } from '../pings.js';

/** Which of the things done count, in the order in which they were done: those before `from` warm the processes up. */
export interface Window {
  from: number;
  to: number;
}

/** Things done per second within the window. `times`: when each was done, ms, in any order. Throws RangeError if fewer were done than the window needs. */
export function rateOf(times: readonly number[], { from, to }: Window): number {
  if (times.length <= to) throw new RangeError(`${times.length} were done, ${to + 1} are needed`);
  const sorted = times.toSorted((a, b) => a - b);
  return (1000 * (to - from)) / (sorted[to]! - sorted[from]!);
}

/** An attempt, from its claim to its end, ms. */
export interface Attempt {
  startedAt: number;
  endedAt: number;
}

/** How long stages took from claim to completion within the window. */
export function claimToComplete(attempts: readonly Attempt[], { from, to }: Window): Latencies {
  return latenciesOf(attempts.toSorted((a, b) => a.endedAt - b.endedAt).slice(from, to).map(({ startedAt, endedAt }) => endedAt - startedAt));
}

/** Percent by which a run took longer than `stages` of `stageMs` on `slots` slots would take with nothing in between. */
export function overheadOf(tookMs: number, { stages, stageMs, slots }: { stages: number; stageMs: number; slots: number }): number {
  const least = Math.ceil(stages / slots) * stageMs;
  return (100 * (tookMs - least)) / least;
}
