import { extname, join } from 'node:path';
import type { MetricPlot } from '@elucidate/experiment/plot';
import { metricFigure, type MetricFigureOptions } from '@elucidate/figures/figures/metric-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import { saveFile } from './write-out.js';

/** What the name of a picture may end with. */
export const pictureKinds = ['.svg', '.png'] as const;

/** "fid-by-inputScale-sampler": words of a file's name. */
const nameOf = ({ metric, x, y, lines, facets }: MetricPlot): string =>
  `${metric}-by-${[x, y, lines, facets].filter((axis) => axis !== null).map(({ path }) => path).join('-')}`.replace(/[^\w.-]+/g, '-');

/** A picture of each kind in a folder. */
export const plotFiles = (plot: MetricPlot, dir: string): string[] => pictureKinds.map((kind) => join(dir, `${nameOf(plot)}${kind}`));

/** Draws a plot into files, each of the kind that its name ends with. Throws 'request.invalid' for one that is too much for a picture. */
export async function drawPlot(plot: MetricPlot, options: MetricFigureOptions, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const svg = lineChart(metricFigure(plot, options));
  for (const file of files) await saveFile(file, extname(file).toLowerCase() === '.png' ? await pngOf(svg) : svg);
}
