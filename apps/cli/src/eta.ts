import type { KindProgress } from '@elucidate/store/queries/sweeps';

/** Progress at one time. */
export interface Observation {
  atMs: number;
  kinds: readonly KindProgress[];
}

/** The least number of seconds that an estimate is based on. */
const leastSeconds = 5;

const remaining = ({ workTotal, workDone }: KindProgress): number => Math.max(0, workTotal - workDone);
const total = (kinds: readonly KindProgress[], of: (kind: KindProgress) => number): number => kinds.reduce((sum, kind) => sum + of(kind), 0);

/** Seconds left, extrapolated from the work done since the first observation; null while too little is known. Work is estimated operations, so kinds of stages compare only roughly. */
export function secondsLeft(first: Observation, now: Observation): number | null {
  const gained = total(now.kinds, ({ workDone }) => workDone) - total(first.kinds, ({ workDone }) => workDone);
  const seconds = (now.atMs - first.atMs) / 1000;
  if (gained <= 0 || seconds < leastSeconds) return null;
  return (total(now.kinds, remaining) / gained) * seconds;
}
