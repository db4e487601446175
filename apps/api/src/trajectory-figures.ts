import { labelOf } from '@elucidate/experiment/labels';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { Figure, Series } from '@elucidate/figures/figure';
import type { TrajectoryRow } from '@elucidate/store/queries/trajectories';

const titles = { fid: 'FID of x0-hat along the walk', kid: 'KID of x0-hat along the walk' } as const;

/** One picture a metric: a curve for each configuration, the mean over its trials at each level. */
export function trajectoryFigures(rows: readonly TrajectoryRow[]): Figure[] {
  return (['fid', 'kid'] as const).flatMap((metric) => {
    const own = rows.filter((row) => row.metric === metric);
    return own.length === 0 ? [] : [figureOf(metric, own)];
  });
}

function figureOf(metric: TrajectoryRow['metric'], rows: readonly TrajectoryRow[]): Figure {
  const name = metric.toUpperCase();
  return {
    title: titles[metric],
    subtitle: `${name} of what the network takes each image for, before every move; from much noise at the right to little at the left. Means over trials; the image itself is scored in the tables.`,
    panels: [{
      kind: 'curves',
      x: { label: 'sigma', scale: 'log' },
      y: { label: name, scale: metric === 'fid' ? 'log' : 'linear' },
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
