import { scaleLinear, scaleLog } from 'd3-scale';
import type { Axis } from './figure.js';
import { sizes } from './layout.js';
import { endsOf } from './sampled.js';
import { textWidth } from './text-width.js';

export interface Tick {
  /** Pixels. */
  at: number;
  /** "" for an unlabelled line. */
  label: string;
}

/** An axis mapped to pixels. */
export interface Scale {
  /** Pixel position of a value; NaN if the axis cannot show it. */
  of(value: number): number;
  ticks: readonly Tick[];
}

/** The position of infinite values: finite, but outside any picture. */
const far = 1e7;

const largest = 1e300;

const clamped = (value: number, most: number): number => Math.min(most, Math.max(-most, value));

/** The ends of the values an axis can show; a range of zero width is widened. */
function extent(values: readonly number[], log: boolean): [number, number] {
  const shown = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const [min, max] = endsOf(shown);
  if (min > max) return log ? [0.1, 10] : [0, 1];
  if (min < max) return log ? [min / 1.1, max * 1.1] : [min, max];
  return log ? [min / 2, max * 2] : [min - (Math.abs(min) || 1) / 2, max + (Math.abs(max) || 1) / 2];
}

/** 0.02, 1, 60, 10⁵ as "1e5". */
export const plain = (value: number): string => (Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(0).replace('e+', 'e') : String(Number(value.toPrecision(6)))).replace('-', '−');

/** `values`: everything drawn along the axis. `range`: the pixels of its two ends. */
export function scaleOf({ scale, domain, whole = false, ticks, names = false }: Axis, values: readonly number[], range: readonly [number, number]): Scale {
  const log = scale === 'log';
  const ends = domain ?? extent(values, log);
  const found = log ? logScale(ends, range) : linearScale(ends, range, { exact: domain !== undefined, whole });
  if (ticks === undefined) return found;
  const placed = ticks.map(({ at, label }) => ({ at: found.of(at), label }));
  return { ...found, ticks: names ? placed : spaced(placed) };
}

/** Ticks along x; the labels of those that would touch the one before are left out. */
function spaced(ticks: readonly Tick[]): Tick[] {
  let end = -Infinity;
  return ticks.map(({ at, label }) => {
    const half = textWidth(label, sizes.small) / 2 + 2;
    if (at - half < end) return { at, label: '' };
    end = at + half;
    return { at, label };
  });
}

function linearScale(ends: readonly [number, number], range: readonly [number, number], { exact, whole }: { exact: boolean; whole: boolean }): Scale {
  const linear = scaleLinear().domain(ends).range(range);
  const count = Math.max(3, Math.round(Math.abs(range[1] - range[0]) / 55));
  if (!exact) linear.nice(count);
  return { of: (value) => clamped(linear(clamped(value, largest)), far), ticks: linear.ticks(count).filter((value) => !whole || Number.isInteger(value)).map((value) => ({ at: linear(value), label: plain(value) })) };
}

/** A log axis over less has ticks at round numbers, as a linear one has. */
const narrow = 0.7;

/** Decades are labelled, all of them or every n-th; on axes of two decades or fewer, 2 and 5 as well. */
function logScale([from, to]: readonly [number, number], range: readonly [number, number]): Scale {
  const log = scaleLog().domain([from, to]).range(range);
  const decades = Math.log10(to / from);
  const of = (value: number): number => (value > 0 ? clamped(log(clamped(value, largest)), far) : NaN);
  if (decades < narrow) return { of, ticks: scaleLinear().domain([from, to]).ticks(Math.max(3, Math.round(Math.abs(range[1] - range[0]) / 55))).map((value) => ({ at: log(value), label: plain(value) })) };
  const every = Math.max(1, Math.ceil(decades / (Math.abs(range[1] - range[0]) / 45)));
  const labelled = (value: number): boolean => {
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    const lead = Math.round(value / 10 ** exponent);
    return lead === 1 ? exponent % every === 0 : decades <= 2 && (lead === 2 || lead === 5);
  };
  const ticks = log.ticks(10).filter((value) => labelled(value) || (every === 1 && decades <= 6 && Math.abs(range[1] - range[0]) / decades > 60));
  return { of, ticks: ticks.map((value) => ({ at: log(value), label: labelled(value) ? plain(value) : '' })) };
}
