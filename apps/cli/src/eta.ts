import type { KindProgress } from '@elucidate/store/queries/sweeps';

/** What was seen at one time. */
export interface Observation {
  atMs: number;
  kinds: readonly KindProgress[];
}

/** A rate is believed after this many seconds and this share of a kind's work. */
const believedAfterSeconds = 5;

const remaining = ({ workTotal, workDone }: KindProgress): number => Math.max(0, workTotal - workDone);
const total = (kinds: readonly KindProgress[], of: (kind: KindProgress) => number): number => kinds.reduce((sum, kind) => sum + of(kind), 0);

/** Seconds left, by carrying the work done since the first observation forward; null while too little is known. Work is estimated operations, so kinds of stages compare only roughly. */
export function secondsLeft(first: Observation, now: Observation): number | null {
  const gained = total(now.kinds, ({ workDone }) => workDone) - total(first.kinds, ({ workDone }) => workDone);
  const seconds = (now.atMs - first.atMs) / 1000;
  if (gained <= 0 || seconds < believedAfterSeconds) return null;
  return (total(now.kinds, remaining) / gained) * seconds;
}
