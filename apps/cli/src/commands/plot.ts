import { join } from 'node:path';
import { plotCsv } from '@elucidate/experiment/plot-csv';
import { jsonOf } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { drawPlot, plotFiles, requirePicture } from '../draw-plot.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { fixedOf } from './table.js';

export interface PlotOptions extends SourceOptions {
  metric?: string;
  x?: string;
  y?: string;
  lines?: string;
  facets?: string;
  /** "sampler:heun" */
  fixed: readonly string[];
  n?: number;
  evaluator?: string;
  logX?: boolean;
  logY?: boolean;
  out?: string;
  csv?: boolean;
  json?: boolean;
}

/** Draws a metric of a sweep, by default of the newest, against what it varies. */
export async function plot(id: string | undefined, { metric, x, y, lines, facets, fixed, n, evaluator, logX, logY, out, csv = false, json = false, ...source }: PlotOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const found = await answers.plot(await sweepIdOf(answers, id), { metric, x, y, lines, facets, fixed: fixedOf(fixed), scores: { n, evaluator } });
    const files = out !== undefined ? [out] : json || csv ? [] : plotFiles(found, join(homeOf().dir, 'results', found.sweepId));
    await drawPlot(found, { logX, logY }, files);
    if (csv) process.stdout.write(plotCsv(found));
    else console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
