import { labelOf } from './labels.js';
import { metricDigits } from './metric-requests.js';
import type { Confidence, Difference, Estimate } from './tables.js';
import type { TextCell } from './table-text.js';

/** Printed in place of a missing number. */
export const absent = '-';

/** A metric's value, with that metric's number of decimals. */
export const digits = (metric: string, value: number | null | undefined): string => (value === null || value === undefined ? absent : value.toFixed(metricDigits(metric)));

export const numberCell = (text: string): TextCell => ({ text, number: text !== absent });

const intervalText = (metric: string, interval: { low: number; high: number } | null | undefined, text = digits): { interval?: string } =>
  (interval ? { interval: `[${text(metric, interval.low)}, ${text(metric, interval.high)}]` } : {});

/** A mean with its 95 % interval, or, where single trials were not read, its standard deviation. */
export function estimateCell(metric: string, estimate: Estimate | null | undefined, best = false): TextCell {
  if (!estimate) return { text: absent };
  const { mean, stddev, confidence } = estimate;
  const spread = confidence ? intervalText(metric, confidence.interval) : stddev === null ? {} : { stddev: digits(metric, stddev) };
  return { text: digits(metric, mean), number: true, ...spread, best };
}

/** With a sign: "+2.83", "-0.10". */
const signed = (metric: string, value: number | null | undefined): string => (value != null && value >= 0 ? `+${digits(metric, value)}` : digits(metric, value));

/** A difference with its 95 % interval: "+2.83 [+1.84, +3.82]". */
export const differenceCell = (metric: string, difference: Difference | null | undefined): TextCell =>
  (difference ? { text: signed(metric, difference.mean), number: true, ...intervalText(metric, difference.interval, signed) } : { text: absent });

/** "12.31 [11.20, 13.42]", or "12.31 ± 0.42". */
export const estimateText = (metric: string, estimate: Estimate | null | undefined): string => cellText(estimateCell(metric, estimate));

export const differenceText = (metric: string, difference: Difference | null | undefined): string => cellText(differenceCell(metric, difference));

const cellText = ({ text, stddev, interval }: TextCell): string => `${text}${stddev === undefined ? '' : ` ± ${stddev}`}${interval === undefined ? '' : ` ${interval}`}`;

/** What the intervals of these are, of which there is one. */
export function intervalWords(confidences: readonly Confidence[]): string {
  const reaches = new Set(confidences.map(({ reach }) => reach));
  if (reaches.has('training runs and samples')) return '95 % interval over train and sample seeds';
  return reaches.has('training runs') ? '95 % interval over train seeds, with one sample seed' : '95 % interval over sample seeds of one training, which says nothing about other training runs';
}

/** What stands beside each mean. */
export function spreadText(estimates: readonly (Estimate | null | undefined)[]): string {
  const confidences = estimates.flatMap((estimate) => estimate?.confidence ?? []);
  if (confidences.length === 0) return 'mean ± standard deviation over seeds';
  if (confidences.some(({ interval }) => interval !== null)) return `mean and ${intervalWords(confidences)}`;
  return confidences.every(({ trainingRuns, samples }) => trainingRuns === 1 && samples === 1) ? 'single trials, which have no interval' : 'mean over trials, whose seeds do not suffice for an interval';
}

/** "3 x 2": training runs by sample seeds. */
export const seedsText = ({ trainSeeds, sampleSeeds }: { trainSeeds: readonly number[]; sampleSeeds: readonly number[] }): string => `${trainSeeds.length} x ${sampleSeeds.length}`;

/** The label of a value of a config, "-" if it has none. */
export const configLabel = (key: string, value: unknown): string => (value === undefined ? absent : labelOf(key, value));

export const shortId = (id: string): string => id.slice(0, 8);
