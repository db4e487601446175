import { labelOf } from './labels.js';
import { metricDigits } from './metric-requests.js';
import type { Estimate } from './tables.js';
import type { TextCell } from './table-text.js';

/** Printed in place of a missing number. */
export const absent = '-';

/** A metric's value, with that metric's number of decimals. */
export const digits = (metric: string, value: number | null | undefined): string => (value === null || value === undefined ? absent : value.toFixed(metricDigits(metric)));

export const numberCell = (text: string): TextCell => ({ text, number: text !== absent });

export function estimateCell(metric: string, estimate: Estimate | null | undefined, best = false): TextCell {
  if (!estimate) return { text: absent };
  const stddev = estimate.stddev === null ? {} : { stddev: digits(metric, estimate.stddev) };
  return { text: digits(metric, estimate.mean), number: true, ...stddev, best };
}

/** "12.31 ± 0.42". */
export function estimateText(metric: string, estimate: Estimate | null | undefined): string {
  const { text, stddev } = estimateCell(metric, estimate);
  return stddev === undefined ? text : `${text} ± ${stddev}`;
}

/** The label of a value of a config, "-" if it has none. */
export const configLabel = (key: string, value: unknown): string => (value === undefined ? absent : labelOf(key, value));

export const shortId = (id: string): string => id.slice(0, 8);
