import { meanOf, type Trial } from '@elucidate/statistics/trial';
import { confidenceOf } from './confidence.js';
import { configLabel } from './estimate-text.js';
import { metricOfKey } from './metric-requests.js';
import type { ScoreBasis } from './score-basis.js';
import { csvRecord } from './table-text.js';
import { varyingKeys } from './varying-keys.js';

/** FID extrapolated from one trial's images, as the details of `fidinf` have it. */
export interface Extrapolated {
  trainSeed: number;
  sampleSeed: number;
  value: number;
  /** 95 % over new images of the same generator. */
  low: number;
  high: number;
  /** What theory expects FID to fall by from all images to infinitely many. */
  expectedBias: number;
  /** Mean FID of parts of the images, by their size. */
  sizes: readonly { n: number; fid: number }[];
}

/** What is known of one configuration. */
export interface SizedCell {
  cellId: string;
  config: Readonly<Record<string, unknown>>;
  /** Metric key -> its trials. */
  scores: ReadonlyMap<string, readonly Trial[]>;
  /** Empty where `fidinf` was not requested. */
  extrapolated: readonly Extrapolated[];
}

export interface SizePoint {
  /** Images that it is computed from; null: extrapolated to infinitely many. */
  n: number | null;
  mean: number;
  interval: { low: number; high: number } | null;
  /** What the interval is over: new seeds, or, of one trial, new images of it. */
  over: 'seeds' | 'images' | null;
  trials: number;
  /** It is the mean of disjoint parts of the images, not a score of its own. */
  parts: boolean;
}

export interface SizeLine {
  cell: string;
  /** "sampler heun, steps 10": what it has and others do not. */
  label: string;
  /** From infinitely many images to few. */
  points: readonly SizePoint[];
  /** What theory expects FID of all images to be too high by, for Gaussian features: mean over trials; null where it was not extrapolated. */
  expectedBias: number | null;
}

/** A metric against the number of images that it is computed from, all from the same features. */
export interface SizePlot {
  sweepId: string;
  sweepName: string;
  metric: string;
  /** Best first. */
  lines: readonly SizeLine[];
  /** Real images in place of generated ones. */
  real: readonly { n: number; value: number }[];
  /** Configurations ranked; the picture has the best of them. */
  among: number;
  basis: ScoreBasis | null;
}

/** The images that a key's score is computed from, if it is this metric without other settings. */
export function sizeOf(key: string, metric: string, images: number): number | null {
  const { n = images } = metricOfKey(key) ?? {};
  return key.split('@')[0] === metric ? n : null;
}

const sizedPoint = (metric: string, { n, trials, parts }: { n: number | null; trials: readonly Trial[]; parts: boolean }): SizePoint => {
  const { interval } = confidenceOf(metric, trials);
  return { n, mean: meanOf(trials.map(({ value }) => value)), interval, over: interval === null ? null : 'seeds', trials: trials.length, parts };
};

function pointsOf({ scores, extrapolated }: SizedCell, metric: string, images: number): SizePoint[] {
  const own = [...scores].flatMap(([key, trials]) => {
    const n = sizeOf(key, metric, images);
    return n === null || trials.length === 0 ? [] : [sizedPoint(metric, { n, trials, parts: false })];
  });
  if (metric !== 'fid' || extrapolated.length === 0) return own.sort(byWidth);
  const of = (value: (one: Extrapolated) => number): Trial[] => extrapolated.map((one) => ({ train: one.trainSeed, sample: one.sampleSeed, value: value(one) }));
  const sizes = extrapolated[0]!.sizes.filter(({ n }) => !own.some((point) => point.n === n) && extrapolated.every((one) => one.sizes.some((size) => size.n === n)));
  const parts = sizes.map(({ n }) => sizedPoint(metric, { n, trials: of((one) => one.sizes.find((size) => size.n === n)!.fid), parts: n !== images }));
  const limit = sizedPoint(metric, { n: null, trials: of(({ value }) => value), parts: false });
  const [{ low, high }] = extrapolated as [Extrapolated];
  const single = limit.interval === null && extrapolated.length === 1 ? { interval: { low, high }, over: 'images' as const } : {};
  return [...own, ...parts, { ...limit, ...single }].sort(byWidth);
}

/** From infinitely many images to few. */
const byWidth = (a: SizePoint, b: SizePoint): number => (a.n === null ? 0 : 1 / a.n) - (b.n === null ? 0 : 1 / b.n);

/** The picture of these configurations; lines only of those with two sizes. */
export function sizePlot(cells: readonly SizedCell[], { metric, images, ...rest }: Pick<SizePlot, 'sweepId' | 'sweepName' | 'metric' | 'real' | 'among' | 'basis'> & { images: number }): SizePlot {
  const keys = varyingKeys(cells.map(({ config }) => config));
  const lines = cells.map((cell): SizeLine => ({
    cell: cell.cellId, label: keys.map((key) => `${key} ${configLabel(key, cell.config[key])}`).join(', ') || 'all', points: pointsOf(cell, metric, images),
    expectedBias: metric === 'fid' && cell.extrapolated.length > 0 ? meanOf(cell.extrapolated.map(({ expectedBias }) => expectedBias)) : null,
  }));
  return { metric, ...rest, lines: lines.filter(({ points }) => points.length > 1) };
}

/** A record for each size of each configuration; n is empty for infinitely many images. */
export function sizeCsv({ metric, lines, basis }: SizePlot): string {
  const header = ['cell', 'configuration', 'metric', 'n', 'mean', 'low', 'high', 'interval_over', 'trials', 'parts', 'evaluator', 'basis', 'weak'];
  const records = lines.flatMap(({ cell, label, points }) => points.map(({ n, mean, interval, over, trials, parts }) =>
    csvRecord([cell, label, metric, n, mean, interval?.low ?? null, interval?.high ?? null, over, trials, parts ? 'yes' : 'no', basis?.evaluator ?? null, basis?.words ?? null, basis?.weak.join('; ') ?? null])));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}
