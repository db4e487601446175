import { join } from 'node:path';
import { jsonOf } from '@elucidate/experiment/printable';
import { lossFigure } from '@elucidate/figures/figures/loss-figure';
import { lossesCsv } from '@elucidate/report/sweep-losses';
import { homeOf } from '@elucidate/shell/home';
import { drawFigure, pictureFiles, requirePicture } from '../draw-plot.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface PictureOptions extends SourceOptions {
  out?: string;
  csv?: boolean;
  json?: boolean;
}

/** Draws the losses of the training runs of a sweep, by default of the newest, a line each. */
export async function plotLosses(id: string | undefined, { out, csv = false, json = false, ...source }: PictureOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const found = await answers.losses(await sweepIdOf(answers, id));
    const files = out !== undefined ? [out] : json || csv ? [] : pictureFiles('losses', join(homeOf().dir, 'results', found.sweepId));
    await drawFigure(lossFigure(found), files);
    if (csv) process.stdout.write(lossesCsv(found));
    else console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
