import { extname, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { MetricPlot } from '@elucidate/experiment/plot';
import type { Figure } from '@elucidate/figures/figure';
import { metricFigure, type MetricFigureOptions } from '@elucidate/figures/figures/metric-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import { saveFile } from './write-out.js';

/** What the name of a picture may end with. */
export const pictureKinds = ['.svg', '.png'] as const;

/** Throws 'request.invalid' for a name that does not say which kind of picture it is. */
export function requirePicture(out: string | undefined): void {
  if (out !== undefined && !(pictureKinds as readonly string[]).includes(extname(out).toLowerCase())) throw new ElucidateError('request.invalid', `--out ${JSON.stringify(out)}: a picture ends in ${pictureKinds.join(' or ')}`);
}

/** "fid-by-inputScale-sampler": words of a file's name. */
const nameOf = ({ metric, x, y, lines, facets }: MetricPlot): string =>
  `${metric}-by-${[x, y, lines, facets].filter((axis) => axis !== null).map(({ path }) => path).join('-')}`;

/** A picture of each kind in a folder. */
export const pictureFiles = (name: string, dir: string): string[] => pictureKinds.map((kind) => join(dir, `${name.replace(/[^\w.-]+/g, '-')}${kind}`));

export const plotFiles = (plot: MetricPlot, dir: string): string[] => pictureFiles(nameOf(plot), dir);

/** Draws a plot into files, each of the kind that its name ends with. Throws 'request.invalid' for one that is too much for a picture. */
export async function drawPlot(plot: MetricPlot, options: MetricFigureOptions, files: readonly string[]): Promise<void> {
  if (files.length > 0) await drawFigure(metricFigure(plot, options), files);
}

/** Draws a figure into files, each of the kind that its name ends with. */
export async function drawFigure(figure: Figure, files: readonly string[]): Promise<void> {
  const svg = lineChart(figure);
  for (const file of files) await saveFile(file, extname(file).toLowerCase() === '.png' ? await pngOf(svg) : svg);
}
