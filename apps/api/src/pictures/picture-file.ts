import { StreamableFile } from '@nestjs/common';
import type { Figure } from '@elucidate/figures/figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pictureTypes, type PictureFormat } from '../http/negotiate.js';
import type { Computations } from '../computing/computations.js';

/** A figure, drawn, as the content of a response. */
export async function pictureFile(figure: Figure, format: PictureFormat, computations: Computations): Promise<StreamableFile> {
  const svg = (): string => lineChart(figure);
  return new StreamableFile(Buffer.from(format === 'svg' ? svg() : await computations.pngOf(svg, figure.title)), { type: pictureTypes[format] });
}
