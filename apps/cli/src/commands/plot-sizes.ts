import { join } from 'node:path';
import { jsonOf } from '@elucidate/experiment/printable';
import { sizeCsv } from '@elucidate/experiment/size-plot';
import { sizeFigure } from '@elucidate/figures/figures/size-figure';
import { homeOf } from '@elucidate/shell/home';
import { drawFigure, pictureFiles, requirePicture } from '../draw-plot.js';
import { withAnswers } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import type { TrajectoryOptions } from './plot-trajectories.js';

/** Draws a metric of the best configurations of a sweep, by default of the newest, against the number of images, with FID's extrapolation. */
export async function plotSizes(id: string | undefined, { metric, out, csv = false, json = false, ...source }: TrajectoryOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const found = await answers.sizes(sweepId, metric);
    const files = out !== undefined ? [out] : json || csv ? [] : pictureFiles(`${found.metric}-by-n`, join(homeOf().dir, 'results', sweepId));
    await drawFigure(sizeFigure(found), files);
    if (csv) process.stdout.write(sizeCsv(found));
    else console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
