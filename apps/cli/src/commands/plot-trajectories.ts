import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { trajectoryCsv } from '@elucidate/experiment/trajectory-plot';
import { trajectoryFigure } from '@elucidate/figures/figures/trajectory-figure';
import { homeOf } from '@elucidate/shell/home';
import { drawFigure, pictureFiles, requirePicture } from '../draw-plot.js';
import { withAnswers } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import type { PictureOptions } from './plot-losses.js';

export interface TrajectoryOptions extends PictureOptions {
  metric?: string;
}

/** Draws a metric of x0-hat along the sampling of a sweep, by default of the newest, a line for each configuration. */
export async function plotTrajectories(id: string | undefined, { metric, out, csv = false, json = false, ...source }: TrajectoryOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const plots = await answers.trajectories(sweepId);
    const found = metric === undefined ? plots[0] : plots.find((plot) => plot.metric === metric);
    if (found === undefined) {
      const known = plots.map((plot) => plot.metric).join(', ');
      throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${metric ?? 'score'} along its trajectories${known === '' ? ': they are scored where the file says evaluate.trajectory: true' : `, only ${known}`}`);
    }
    const files = out !== undefined ? [out] : json || csv ? [] : pictureFiles(`${found.metric}-trajectories`, join(homeOf().dir, 'results', sweepId));
    await drawFigure(trajectoryFigure(found), files);
    if (csv) process.stdout.write(trajectoryCsv(found));
    else console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
