import type { ParallelAxis } from '@elucidate/figures/parallel-scales';
import type { Schemas } from '../../api/client.js';
import { withLabels, withRange, type Kept } from './kept.js';

export interface Brush {
  axis: ParallelAxis;
  plot: Pick<Schemas['Parallel'], 'axes' | 'measures'>;
  kept: Kept;
}

/** Rounded so that addresses stay short. */
const rounded = (value: number): string => String(Number(value.toPrecision(4)));

/** A brush that ends so near the end of an axis, as a share of it, is meant to go to it. */
const near = 0.02;

const opened = ([low, high]: readonly [number, number]): readonly [number, number] => [low <= near ? -Infinity : low, high >= 1 - near ? Infinity : high];

/** What is kept after a brush between two places of an axis; after none, all of that axis. An end beyond the axis is open, so that far-off scores stay. */
export function brushed({ axis, plot, kept }: Brush, places: readonly [number, number] | null): Kept {
  const { name } = axis;
  const [low, high] = places === null ? [-Infinity, Infinity] : opened(places);
  const parameter = plot.axes.find(({ path }) => path === name);
  if (parameter !== undefined) {
    const labels = places === null ? [] : parameter.values.map(String).filter((_, i) => axis.placeOf(i) >= low && axis.placeOf(i) <= high);
    return withLabels(kept, name, labels);
  }
  return withRange(kept, name, [low === -Infinity ? '' : rounded(axis.valueAt(low)), high === Infinity ? '' : rounded(axis.valueAt(high))]);
}
