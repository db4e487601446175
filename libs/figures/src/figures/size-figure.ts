import { basesText } from '@elucidate/experiment/basis-words';
import { digits } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { plural } from '@elucidate/experiment/plural';
import type { SizeLine, SizePlot, SizePoint } from '@elucidate/experiment/size-plot';
import type { Figure, Series } from '../figure.js';
import { cutNotes, scoreAxis, type ScoreAxis, type ScorePoint } from '../plot-scales.js';

/** 0 for infinitely many images. */
const placeOf = ({ n }: Pick<SizePoint, 'n'>): number => (n === null ? 0 : 1 / n);

/** A point as an axis of scores takes it. */
interface Placed extends ScorePoint {
  point: SizePoint;
}

const placed = (point: SizePoint): Placed => ({ mean: point.mean, confidence: { interval: point.interval }, trials: [], point });

function seriesOf({ label, points }: Pick<SizeLine, 'label' | 'points'>, far: ReadonlySet<SizePoint>): Series {
  const band = points.flatMap((point) => (point.interval === null || far.has(point) ? [] : [[placeOf(point), point.interval.low, point.interval.high] as const]));
  const beyond = points.filter((point) => far.has(point)).map((point) => [placeOf(point), point.mean] as const);
  return {
    label, dots: true, points: points.map((point) => [placeOf(point), far.has(point) ? NaN : point.mean] as const),
    ...(band.length > 0 && { band }), ...(beyond.length > 0 && { beyond }),
  };
}

function notesOf({ metric, lines, real, among }: SizePlot, { beyond, cut }: Pick<ScoreAxis<Placed>, 'beyond' | 'cut'>): string[] {
  const points = lines.flatMap((line) => line.points);
  const biased = lines.filter(({ expectedBias }) => expectedBias !== null);
  return [
    ...(points.some(({ over }) => over === 'seeds') ? ['Shaded: 95 % interval over seeds.'] : []),
    ...(points.some(({ over }) => over === 'images') ? ['At infinitely many images, of a single trial: 95 % interval over new images of the same generator, which says nothing about other training runs.'] : []),
    ...cutNotes(cut.intervals),
    ...(beyond.length > 0 ? [`${plural(beyond.length, 'point')} far from the others ${beyond.length === 1 ? 'is' : 'are'} beyond the axis, which is for the rest: triangles with their values.`] : []),
    ...(points.some(({ parts }) => parts) ? ['Between the sizes that were requested: mean FID of disjoint parts of the same images.'] : []),
    ...(biased.length > 0 ? [`Theory expects FID of all images to be too high by ${biased.map(({ label, expectedBias }) => `${digits(metric, expectedBias)} (${label})`).slice(0, 4).join(', ')}, for Gaussian features.`] : []),
    ...(real.length > 0 ? ['Real images: as many of the train split in place of generated ones.'] : []),
    `${among > lines.length ? `The best ${lines.length}` : lines.length} of ${plural(among, 'ranked configuration')} drawn.`,
  ];
}

/** A metric against 1/n, a line for each configuration; at 0 its extrapolation to infinitely many images. */
export function sizeFigure(plot: SizePlot): Figure {
  const { metric, sweepName, lines, real, basis } = plot;
  const name = metricTitle(metric);
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ n }) => n)))].sort((a, b) => placeOf({ n: a }) - placeOf({ n: b }));
  const extrapolated = sizes.includes(null);
  const drawn = [...lines, ...(real.length > 0 ? [{ label: 'real images', points: real.map(({ n, value }): SizePoint => ({ n, mean: value, interval: null, over: null, trials: 0, parts: false })) }] : [])];
  const { axis: y, ...outside } = scoreAxis(metric, drawn.flatMap(({ points }) => points.map(placed)), false);
  const far = new Set(outside.beyond.map(({ point }) => point));
  return {
    title: `${name} by the number of images · ${sweepName}`,
    subtitle: [`${name} of the same features, of n images; n grows to the left.`, extrapolated ? 'FID falls along a line in 1/n: at its end, the extrapolation to infinitely many (Chong and Forsyth 2020).' : '', basis === null ? '' : basesText([basis])].filter((part) => part !== '').join(' '),
    panels: [{
      kind: 'curves', x: { label: 'n, at places of 1/n', scale: 'linear', ticks: sizes.map((n) => ({ at: placeOf({ n }), label: n === null ? 'infinite' : String(n) })) }, y,
      series: drawn.map((line) => seriesOf(line, far)),
    }],
    columns: 1, legend: 'right', notes: notesOf(plot, outside),
  };
}
