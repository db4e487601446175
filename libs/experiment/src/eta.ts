import { tQuantile } from '@elucidate/statistics/student-t';

/** Approximate floating-point operations per second of one single-threaded slot of the default engine: 33 to 38 GFLOP/s training `tiny` at 16x16, 51 `small` at 32x32, on an EPYC. Used until an installation has measured its own. */
export const defaultRate = 4e10;

/** Seconds that a stage takes however little it computes, for its inputs, its process and its results. */
const leastSeconds = 0.25;

/** Seconds that so many stages of so much work take on one slot, by a measured rate, else by a guess, in which many small ones are not none. */
export const secondsAt = (workPerSecond: number | undefined, { stages, work }: { stages: number; work: number }): number =>
  workPerSecond === undefined ? Math.max(stages * leastSeconds, work / defaultRate) : work / workPerSecond;

/** Estimates of operations are good to a factor of two, which is taken as one standard deviation of the logarithm where nothing was measured. */
const unmeasuredSpread = Math.LN2;

/** Attempts from which a spread is believed. */
const leastAttempts = 4;

/** Work of one kind of stage that is left. */
export interface KindTime {
  stages: number;
  /** Expected time of one slot, for all of them. */
  seconds: number;
  /** Standard deviation of the logarithm of a stage's time over the time expected of it; null: not known. */
  spread: number | null;
  /** Attempts that expectation and spread come from; 0: none. */
  attempts: number;
}

/** Seconds until work has ended, with a 95 % interval. */
export interface Eta {
  seconds: number;
  low: number;
  high: number;
  /** Slots that were counted on. */
  slots: number;
}

/** The square of the relative standard deviation of a log-normal variable. */
const relativeVariance = (spread: number): number => Math.expm1(spread * spread);

const sum = <T>(members: readonly T[], of: (member: T) => number): number => members.reduce((total, member) => total + of(member), 0);

/** Variance of the slot time of a kind: of each stage by itself, and of the mean that is expected of all, which has an error of its own; and the degrees of freedom with which it is known. `one`: of one stage. */
function varianceOf({ stages, seconds, spread, attempts }: KindTime): { variance: number; df: number; one: number } {
  if (stages === 0) return { variance: 0, df: Infinity, one: 0 };
  const measured = attempts >= leastAttempts && spread !== null;
  const apart = relativeVariance(measured ? spread : unmeasuredSpread);
  return { variance: seconds * seconds * (apart / stages + apart / (measured ? attempts : 1)), df: measured ? attempts - 1 : Infinity, one: apart * (seconds / stages) ** 2 };
}

/** Sweeps from which on the errors of their predictions are believed. */
const leastPast = 5;

/** Half the width of a 95 % interval of ln(took/expected), from what earlier predictions were off by: their median error, which one sweep that waited for a night does not move; 0 while there are too few. */
function halfByPast(errors: readonly number[]): number {
  if (errors.length < leastPast) return 0;
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const middle = (sizes.length - 1) / 2;
  const median = (sizes[Math.floor(middle)]! + sizes[Math.ceil(middle)]!) / 2;
  // the median size of a normal variable is 0.6745 standard deviations
  return tQuantile(0.975, errors.length - 1) * median / 0.6745;
}

/**
 * When work ends that slots share: its slot time over the slots, and for the end, when some slots have nothing left to do, half of what a chain of one stage of
 * each kind takes there (between none of it and all of it, by Graham's bound). The interval is of a log-normal variable with the variances of the stages, of
 * the means expected of them, and of that end. That supposes a machine that goes on as it did. `past` is ln(took/expected) of earlier sweeps when they had about as long to go: where
 * these were further off, because the machine was busier or others submitted work, the interval is as wide as they say.
 */
export function etaOf(kinds: readonly KindTime[], slots: number, past: readonly number[] = []): Eta {
  const total = sum(kinds, ({ seconds }) => seconds);
  const used = Math.max(1, Math.min(slots, sum(kinds, ({ stages }) => stages)));
  const end = (1 - 1 / used) * sum(kinds, ({ stages, seconds }) => (stages === 0 ? 0 : seconds / stages));
  const seconds = total / used + end / 2;
  if (seconds === 0) return { seconds: 0, low: 0, high: 0, slots };
  const variances = kinds.map(varianceOf);
  // the end takes none to all of a chain, and the stages of that chain have their own times
  const variance = sum(variances, (kind) => kind.variance) / (used * used) + (end * end) / 12 + (1 - 1 / used) ** 2 * sum(variances, ({ one }) => one);
  // Satterthwaite's degrees of freedom
  const df = (variance * used * used) ** 2 / sum(variances, (kind) => kind.variance ** 2 / kind.df);
  const t = tQuantile(0.975, Number.isFinite(df) ? Math.min(df, 1e6) : 1e6);
  const deviation = Math.sqrt(Math.log1p(variance / (seconds * seconds)));
  // the median of a log-normal variable with this mean
  const middle = seconds * Math.exp(-deviation * deviation / 2);
  const half = Math.max(t * deviation, halfByPast(past));
  return { seconds, low: middle * Math.exp(-half), high: middle * Math.exp(half), slots };
}
