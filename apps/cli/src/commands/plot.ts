import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import type { MetricPlot } from '@elucidate/experiment/plot';
import { metricFigure, type MetricFigureOptions } from '@elucidate/figures/figures/metric-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import { homeOf } from '@elucidate/shell/home';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { fixedOf } from './table.js';
import { unwritable } from '../write-out.js';

export interface PlotOptions extends SourceOptions {
  metric?: string;
  x?: string;
  y?: string;
  lines?: string;
  facets?: string;
  /** "sampler:heun" */
  fixed: readonly string[];
  logX?: boolean;
  logY?: boolean;
  out?: string;
  json?: boolean;
}

const kinds = ['.svg', '.png'];

/** "fid-by-inputScale-and-sampler": words of a file's name. */
const nameOf = ({ metric, x, y, lines, facets }: MetricPlot): string =>
  `${metric}-by-${[x, y, lines, facets].filter((axis) => axis !== null).map(({ path }) => path).join('-')}`.replace(/[^\w.-]+/g, '-');

/** Where to write: the file that was named, or both kinds in the folder of the sweep's results. */
function filesOf(plot: MetricPlot, out: string | undefined): string[] {
  if (out !== undefined) return [out];
  return kinds.map((kind) => join(homeOf().dir, 'results', plot.sweepId, `${nameOf(plot)}${kind}`));
}

/** Draws a plot into files, each of the kind that its name ends with. */
export async function drawPlot(plot: MetricPlot, options: MetricFigureOptions, files: readonly string[]): Promise<void> {
  const svg = lineChart(metricFigure(plot, options));
  for (const file of files) {
    const content = extname(file).toLowerCase() === '.png' ? await pngOf(svg) : svg;
    await mkdir(dirname(file), { recursive: true }).then(() => writeFile(file, content)).catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(file, cause)));
  }
}

/** Draws a metric of a sweep, by default of the newest, against what it varies. */
export async function plot(id: string | undefined, { metric, x, y, lines, facets, fixed, logX, logY, out, json = false, ...source }: PlotOptions): Promise<void> {
  if (out !== undefined && !kinds.includes(extname(out).toLowerCase())) throw new ElucidateError('request.invalid', `--out ${JSON.stringify(out)}: a picture ends in ${kinds.join(' or ')}`);
  await withAnswers(source, async (answers) => {
    const found = await answers.plot(await sweepIdOf(answers, id), { metric, x, y, lines, facets, fixed: fixedOf(fixed) });
    const files = json && out === undefined ? [] : filesOf(found, out);
    await drawPlot(found, { logX, logY }, files);
    console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
