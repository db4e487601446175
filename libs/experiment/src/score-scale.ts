import { meanOf, type Trial } from '@elucidate/statistics/trial';
import { ElucidateError } from './errors.js';
import { digits } from './estimate-text.js';

export const scoreScales = ['auto', 'linear', 'log'] as const;
/** The scale that was asked for. */
export type AskedScale = (typeof scoreScales)[number];
/** The scale that differences are taken on: of scores, or of their natural logarithms, so that they are factors. */
export type ScoreScale = 'linear' | 'log';

/** Over so large a ratio of means a difference of scores says more of the large ones than of all. */
export const decades = 10;

/** The scale for configurations with these means: logarithmic where they are above 0 and span a factor of ten. Throws RangeError for logarithms of scores that have none. */
export function scaleFor(asked: AskedScale, means: readonly number[], scores: readonly number[]): ScoreScale {
  if (asked === 'linear') return 'linear';
  const positive = scores.every((score) => score > 0);
  if (asked === 'log') {
    if (!positive) throw new RangeError('there is a score of 0 or below, which has no logarithm');
    return 'log';
  }
  return positive && Math.max(...means) >= decades * Math.min(...means) ? 'log' : 'linear';
}

/** The scale for configurations, each with at least one trial. Throws 'request.invalid' for logarithms of scores that have none. */
export function scaleOf(asked: AskedScale, cells: readonly { trials: readonly Trial[] }[], metric: string): ScoreScale {
  const scores = cells.map(({ trials }) => trials.map(({ value }) => value));
  try {
    return scaleFor(asked, scores.map(meanOf), scores.flat());
  } catch (cause) {
    throw new ElucidateError('request.invalid', `Scale log for ${metric}: ${(cause as Error).message}; use linear`, { cause });
  }
}

export const onScale = (scale: ScoreScale, score: number): number => (scale === 'log' ? Math.log(score) : score);

/** A value on the scale as a score. */
export const fromScale = (scale: ScoreScale, value: number): number => (scale === 'log' ? Math.exp(value) : value);

/** A difference on the scale: "+2.83", or the factor "x1.21". */
export function changeText(metric: string, scale: ScoreScale, difference: number): string {
  if (scale === 'log') return `x${factorDigits(Math.exp(difference))}`;
  return `${difference >= 0 ? '+' : ''}${digits(metric, difference)}`;
}

const factorDigits = (factor: number): string => (factor >= 100 ? factor.toFixed(0) : factor >= 10 ? factor.toFixed(1) : factor >= 0.1 ? factor.toFixed(2) : factor.toPrecision(2));

/** "[+1.84, +3.82]", "[x1.10, x1.33]". */
export const changeInterval = (metric: string, scale: ScoreScale, { low, high }: { low: number; high: number }): string => `[${changeText(metric, scale, low)}, ${changeText(metric, scale, high)}]`;

/** Which scale it is, for a caption. */
export const scaleWords: Readonly<Record<ScoreScale, string>> = {
  linear: 'Differences of scores.',
  log: `Differences of natural logarithms, as factors: the means span a factor of ${decades} or more, or it was asked for.`,
};
