import type { PlotAxis } from '@elucidate/experiment/plot';
import type { ParallelMeasure } from '@elucidate/experiment/parallel';
import { robustRange } from './robust-range.js';
import { plain, scaleOf } from './scales.js';

export const parallelScales = ['linear', 'log', 'quantile'] as const;
export type ParallelScale = (typeof parallelScales)[number];

/** An axis of parallel coordinates; places on it are 0 at its lower end and 1 at its upper, beyond these for what it is not for. */
export interface ParallelAxis {
  /** A parameter's path, a metric's key, or nfe. */
  name: string;
  title: string;
  /** null: labels, at equal distances. */
  scale: ParallelScale | null;
  ticks: readonly { at: number; label: string }[];
  /** The place of a number, or of the n-th value of a parameter; NaN if the axis cannot show it. */
  placeOf(value: number): number;
  /** The number at a place; of a parameter the nearest of its values' indices. */
  valueAt(place: number): number;
}

/** As elsewhere, numbers over so large a ratio are on a logarithmic axis unless something else is asked for. */
const logRatio = 16;
/** Labels of an axis at most; of more, every n-th. */
const mostLabels = 12;
/** Pixels that ticks are chosen for. */
const usualHeight = 300;

const between = (a: number, b: number, part: number): number => a + (b - a) * part;

/** Among ascending numbers, the share of the list at which a number is, and back. */
const shareOf = (sorted: readonly number[]) => (value: number): number => {
  if (!Number.isFinite(value)) return NaN;
  const above = sorted.findIndex((knot) => knot >= value);
  if (above === -1) return 1.02;
  if (above === 0) return value < sorted[0]! ? -0.02 : 0;
  return (above - 1 + (value - sorted[above - 1]!) / (sorted[above]! - sorted[above - 1]!)) / (sorted.length - 1);
};

function atShare(sorted: readonly number[], share: number): number {
  const at = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
  return between(sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!, at - Math.floor(at));
}

type Ruler = Pick<ParallelAxis, 'scale' | 'ticks' | 'placeOf' | 'valueAt'>;

/** A ruler from low to high. */
function ruler(scale: 'linear' | 'log', low: number, high: number): Ruler {
  const [from, to] = low < high ? [low, high] : scale === 'log' ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
  const { of, ticks } = scaleOf({ label: '', scale, domain: [from, to] }, [], [0, usualHeight]);
  return {
    scale, ticks: ticks.filter(({ label }) => label !== '').map(({ at, label }) => ({ at: at / usualHeight, label })),
    placeOf: (value) => of(value) / usualHeight,
    valueAt: (place) => (scale === 'log' ? Math.exp(between(Math.log(from), Math.log(to), place)) : between(from, to, place)),
  };
}

const evenly = (count: number) => ({
  placeOf: (index: number): number => (count === 1 ? 0.5 : index / (count - 1)),
  valueAt: (place: number): number => Math.round(Math.min(1, Math.max(0, place)) * (count - 1)),
});

const someOf = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % Math.ceil(all.length / mostLabels) === 0);

/** The axis of a parameter, whose values are given by their indices: numbers where they are unless equal distances (quantile) are asked for, labels at equal distances. */
export function parameterAxis({ path: name, title, numeric, values }: PlotAxis, asked: ParallelScale | undefined): ParallelAxis {
  const numbers = values.map(Number);
  const log = numeric && asked !== 'linear' && numbers[0]! > 0 && (asked === 'log' || numbers.at(-1)! / numbers[0]! >= logRatio);
  const even = evenly(values.length);
  if (!numeric || asked === 'quantile' || values.length === 1) {
    return { name, title, scale: numeric ? 'quantile' : null, ticks: someOf(values.map((value, i) => ({ at: even.placeOf(i), label: String(value) }))), ...even };
  }
  const { scale, placeOf } = ruler(log ? 'log' : 'linear', numbers[0]!, numbers.at(-1)!);
  const places = numbers.map(placeOf);
  return {
    name, title, scale, placeOf: (index) => places[index] ?? NaN, ticks: someOf(values.map((value, i) => ({ at: places[i]!, label: String(value) }))),
    valueAt: (place) => places.reduce((best, at, i) => (Math.abs(at - place) < Math.abs(places[best]! - place) ? i : best), 0),
  };
}

/** The axis of a measure: of what lies together, without what is far off, which is beyond its end; or by equal shares of the configurations. */
export function measureAxis({ name, title, quantiles }: ParallelMeasure, asked: ParallelScale | undefined): ParallelAxis {
  if (quantiles.length === 0) return { name, title, scale: 'linear', ticks: [], placeOf: () => NaN, valueAt: () => NaN };
  if (asked === 'quantile') {
    return { name, title, scale: 'quantile', ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: plain(Number(atShare(quantiles, at).toPrecision(3))) })), placeOf: shareOf(quantiles), valueAt: (place) => atShare(quantiles, place) };
  }
  const log = asked === 'log' && quantiles[0]! > 0;
  const { low, high } = robustRange(quantiles, log)!;
  return { name, title, ...ruler(log ? 'log' : 'linear', low, high) };
}
