import { labelOf } from '@elucidate/experiment/labels';
import { byMetricOrder, higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { Figure, Series } from '@elucidate/figures/figure';
import type { TrajectoryRow } from '@elucidate/store/queries/trajectories';

/** One picture per metric: a curve for each configuration, the mean over its trials at each level. */
export function trajectoryFigures(rows: readonly TrajectoryRow[]): Figure[] {
  const metrics = [...new Set(rows.map(({ metric }) => metric))].sort(byMetricOrder);
  return metrics.map((metric) => figureOf(metric, rows.filter((row) => row.metric === metric)));
}

function figureOf(metric: string, rows: readonly TrajectoryRow[]): Figure {
  const name = metricTitle(metric);
  const distance = !higherIsBetter(metric) && rows.every(({ values }) => values.every((value) => value > 0));
  return {
    title: `${name} of x0-hat along the sampling trajectory`,
    subtitle: `${name} of the network's estimate of each image, before every step; from much noise at the right to little at the left. Means over trials; the image itself is scored in the tables.`,
    panels: [{
      kind: 'curves',
      x: { label: 'sigma', scale: 'log' },
      y: { label: name, scale: distance ? 'log' : 'linear' },
      series: seriesOf(rows),
    }],
    columns: 1,
    legend: 'right',
    notes: [],
  };
}

function seriesOf(rows: readonly TrajectoryRow[]): Series[] {
  const keys = varyingKeys(rows.map(({ config }) => config));
  const firsts = [...new Map(rows.map((row) => [row.cellId, row])).values()];
  return firsts.map((first) => {
    const trials = rows.filter(({ cellId }) => cellId === first.cellId);
    const mean = (step: number) => trials.reduce((sum, { values }) => sum + values[step]!, 0) / trials.length;
    return {
      label: keys.map((key) => `${key} ${labelOf(key, first.config[key])}`).join(', ') || 'all',
      points: first.values.map((_, step) => [first.sigmas[step]!, mean(step)] as const),
      dots: true,
    };
  });
}
