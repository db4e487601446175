import type { Metric } from '@elucidate/experiment/execution';

/** Share of the steps, the last ones, whose mean is the loss that is told. */
const lastShare = 0.1;

/** The loss a training ended with; none where there were no steps. */
export function lossMetric(losses: readonly number[]): Metric[] {
  const last = losses.slice(-Math.ceil(losses.length * lastShare));
  if (last.length === 0) return [];
  return [{ name: 'loss', value: last.reduce((sum, loss) => sum + loss, 0) / last.length, details: { steps: losses.length, averagedOver: last.length } }];
}
