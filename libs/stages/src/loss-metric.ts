import type { Metric } from '@elucidate/experiment/execution';

/** Fraction of the steps, counted from the end, whose mean is the reported loss. */
const lastShare = 0.1;

/** The final loss of a training run; none if there were no steps. */
export function lossMetric(losses: readonly number[]): Metric[] {
  const last = losses.slice(-Math.ceil(losses.length * lastShare));
  if (last.length === 0) return [];
  return [{ name: 'loss', value: last.reduce((sum, loss) => sum + loss, 0) / last.length, details: { steps: losses.length, averagedOver: last.length } }];
}
