import { isMeasured } from '@elucidate/experiment/plot-work';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import type { PlotAxis, PlotPoint } from '@elucidate/experiment/plot';
import { plural } from '@elucidate/experiment/plural';
import type { Confidence } from '@elucidate/experiment/tables';
import type { Axis } from './figure.js';
import { robustRange } from './robust-range.js';

/** By default a numeric axis over so large a ratio is logarithmic. */
const logRatio = 16;

/** What an axis of scores has to have room for. */
export interface ScorePoint extends Pick<PlotPoint, 'mean' | 'trials'> {
  confidence: Pick<Confidence, 'interval'> | null;
}

type Interval = NonNullable<Confidence['interval']>;

export interface ScoreAxis<P> {
  axis: Axis;
  /** Points that it is not for. */
  beyond: P[];
  /** How many single trials and intervals of the others reach beyond it. */
  cut: { trials: number; intervals: number };
}

/** Names at most that are all written below an axis; of more, as many as have room. */
const mostNames = 60;

/** Whether the values of an x axis are all to be read below it. */
export const hasNames = ({ numeric, values }: Pick<PlotAxis, 'numeric' | 'values'>): boolean => !numeric && values.length <= mostNames;

/** An axis of values that were chosen, counted or measured. */
export const xAxisOf = ({ path, title: name, numeric, values }: PlotAxis, logX: boolean | undefined): Axis => {
  const title = path === 'nfe' ? 'NFE, evaluations of the network for each image' : name;
  if (!numeric) return { label: title, scale: 'linear', domain: [-0.5, values.length - 0.5], names: hasNames({ numeric, values }), ticks: values.map((label, at) => ({ at, label: String(label) })) };
  const numbers = values.map(Number);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const log = low > 0 && (logX ?? high / low >= logRatio);
  const domain: [number, number] | undefined = low === high ? undefined : log ? [low / (high / low) ** 0.05, high * (high / low) ** 0.05] : [low - (high - low) * 0.05, high + (high - low) * 0.05];
  return { label: title, scale: log ? 'log' : 'linear', ...(domain && { domain }), ...(numbers.length <= 10 && !isMeasured(path) && { ticks: numbers.map((at) => ({ at, label: String(at) })) }) };
};

/** That some intervals are wider than an axis. */
export const cutNotes = (intervals: number): string[] => (intervals > 0 ? [`${plural(intervals, 'interval')} ${intervals === 1 ? 'reaches' : 'reach'} beyond the axis, which is for the scores.`] : []);

/** An axis for intervals that is so many times as long as one for the scores would show nothing of these: two seeds have an interval of 18 standard deviations. */
const mostRoom = 3;

/** The ends of the y axis: of the means that belong together and their single trials, as far as these are not far off; wider for the intervals, as far as that leaves something to see. */
export function scoreAxis<P extends ScorePoint>(metric: string, points: readonly P[], logY: boolean): ScoreAxis<P> {
  const scale = logY ? 'log' : 'linear';
  const label = `${metricTitle(metric)}${logY ? ', log scale' : ''}`;
  const found = robustRange(points.flatMap(({ mean }) => mean ?? []), logY);
  if (found === null) return { axis: { label, scale }, beyond: [], cut: { trials: 0, intervals: 0 } };
  const isInside = ({ mean }: ScorePoint): boolean => mean !== null && mean >= found.low && mean <= found.high;
  const inside = points.filter(isInside);
  const singles = inside.flatMap(({ trials }) => trials.map(({ value }) => value));
  const scores = robustRange([...inside.map(({ mean }) => mean!), ...singles], logY)!;
  const intervals = inside.flatMap(({ confidence }) => confidence?.interval ?? []);
  const [low, high] = widened({ low: Math.min(found.low, scores.low), high: Math.max(found.high, scores.high) }, intervals, logY);
  const beyond = points.filter((point) => point.mean !== null && !isInside(point));
  const cut = { trials: singles.filter((value) => value < low || value > high).length, intervals: intervals.filter((interval) => interval.low < low || interval.high > high).length };
  if (low === high) return { axis: { label, scale }, beyond, cut };
  const room = logY ? (high / low) ** 0.06 : (high - low) * 0.06;
  const domain: [number, number] = logY ? [low / room, high * room] : [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
  return { axis: { label, scale, domain }, beyond, cut };
}

/** A range that also holds these intervals, but is at most `mostRoom` times as long. */
function widened({ low, high }: Interval, intervals: readonly Interval[], logY: boolean): [number, number] {
  const [on, back] = logY ? [Math.log, Math.exp] : [(value: number) => value, (value: number) => value];
  const room = (on(high) - on(low)) * (mostRoom - 1) / 2;
  const ends = intervals.filter((interval) => !logY || interval.low > 0);
  if (room === 0) return [Math.min(low, ...ends.map((interval) => interval.low)), Math.max(high, ...ends.map((interval) => interval.high))];
  return [Math.max(back(on(low) - room), Math.min(low, ...ends.map((interval) => interval.low))), Math.min(back(on(high) + room), Math.max(high, ...ends.map((interval) => interval.high)))];
}
