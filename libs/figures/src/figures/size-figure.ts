import { basesText } from '@elucidate/experiment/basis-words';
import { metricDigits, metricTitle } from '@elucidate/experiment/metric-requests';
import type { SizeLine, SizePlot, SizePoint } from '@elucidate/experiment/size-plot';
import type { Figure, Series } from '../figure.js';

/** 0 for infinitely many images. */
const placeOf = ({ n }: Pick<SizePoint, 'n'>): number => (n === null ? 0 : 1 / n);

function seriesOf({ label, points }: SizeLine): Series {
  const band = points.flatMap((point) => (point.interval === null ? [] : [[placeOf(point), point.interval.low, point.interval.high] as const]));
  return {
    label, dots: true, points: points.map((point) => [placeOf(point), point.mean] as const),
    ...(band.length > 0 && { band }),
  };
}

function notesOf({ metric, lines, real, among }: SizePlot): string[] {
  const points = lines.flatMap((line) => line.points);
  const biased = lines.filter(({ expectedBias }) => expectedBias !== null);
  return [
    ...(points.some(({ over }) => over === 'seeds') ? ['Shaded: 95 % interval over seeds.'] : []),
    ...(points.some(({ over }) => over === 'images') ? ['At infinitely many images, of a single trial: 95 % interval over new images of the same generator, which says nothing about other training runs.'] : []),
    ...(points.some(({ parts }) => parts) ? ['Between the sizes that were requested: mean FID of disjoint parts of the same images.'] : []),
    ...(biased.length > 0 ? [`Theory expects FID of all images to be too high by ${biased.map(({ label, expectedBias }) => `${expectedBias!.toFixed(metricDigits(metric))} (${label})`).slice(0, 4).join(', ')}, for Gaussian features.`] : []),
    ...(real.length > 0 ? ['Real images: as many of the train split in place of generated ones.'] : []),
    ...(among > lines.length ? [`The best ${lines.length} of ${among} ranked configurations.`] : []),
  ];
}

/** A metric against 1/n, a line for each configuration; at 0 its extrapolation to infinitely many images. */
export function sizeFigure(plot: SizePlot): Figure {
  const { metric, sweepName, lines, real, basis } = plot;
  const name = metricTitle(metric);
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ n }) => n)))].sort((a, b) => placeOf({ n: a }) - placeOf({ n: b }));
  const extrapolated = sizes.includes(null);
  return {
    title: `${name} by the number of images · ${sweepName}`,
    subtitle: [`${name} of the same features, of n images; n grows to the left.`, extrapolated ? 'FID falls along a line in 1/n: at its end, the extrapolation to infinitely many (Chong and Forsyth 2020).' : '', basis === null ? '' : basesText([basis])].filter((part) => part !== '').join(' '),
    panels: [{
      kind: 'curves', x: { label: 'n, at places of 1/n', scale: 'linear', ticks: sizes.map((n) => ({ at: placeOf({ n }), label: n === null ? 'infinite' : String(n) })) }, y: { label: name, scale: 'linear' },
      series: [...lines.map(seriesOf), ...(real.length > 0 ? [{ label: 'real images', dots: true, points: real.map(({ n, value }) => [1 / n, value] as const) }] : [])],
    }],
    columns: 1, legend: 'right', notes: notesOf(plot),
  };
}
