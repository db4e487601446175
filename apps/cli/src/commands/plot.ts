import { extname, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { drawPlot, pictureKinds, plotFiles } from '../draw-plot.js';
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
  logX?: boolean;
  logY?: boolean;
  out?: string;
  json?: boolean;
}

/** Draws a metric of a sweep, by default of the newest, against what it varies. */
export async function plot(id: string | undefined, { metric, x, y, lines, facets, fixed, logX, logY, out, json = false, ...source }: PlotOptions): Promise<void> {
  if (out !== undefined && !(pictureKinds as readonly string[]).includes(extname(out).toLowerCase())) throw new ElucidateError('request.invalid', `--out ${JSON.stringify(out)}: a picture ends in ${pictureKinds.join(' or ')}`);
  await withAnswers(source, async (answers) => {
    const found = await answers.plot(await sweepIdOf(answers, id), { metric, x, y, lines, facets, fixed: fixedOf(fixed) });
    const files = out !== undefined ? [out] : json ? [] : plotFiles(found, join(homeOf().dir, 'results', found.sweepId));
    await drawPlot(found, { logX, logY }, files);
    console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
