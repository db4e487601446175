import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parallelCsv } from '@elucidate/experiment/parallel-csv';
import { jsonOf } from '@elucidate/experiment/printable';
import { parallelAxes, parallelFigure } from '@elucidate/figures/figures/parallel-figure';
import { parallelScales, type ParallelScale } from '@elucidate/figures/parallel-scales';
import { homeOf } from '@elucidate/shell/home';
import { drawFigure, pictureFiles, requirePicture } from '../draw-plot.js';
import { withAnswers } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import type { PictureOptions } from './plot-losses.js';

export interface ParallelOptions extends PictureOptions {
  /** "fid:log" */
  scale: readonly string[];
  /** Names of axes. */
  without: readonly string[];
}

const isScale = (word: string): word is ParallelScale => (parallelScales as readonly string[]).includes(word);

function scaleIn(pair: string): [axis: string, scale: ParallelScale] {
  const at = pair.lastIndexOf(':');
  const scale = pair.slice(at + 1);
  if (at < 1 || !isScale(scale)) throw new ElucidateError('request.invalid', `--scale ${JSON.stringify(pair)}: an axis and how it is drawn, fid:log; one of ${parallelScales.join(', ')}`);
  return [pair.slice(0, at), scale];
}

/** Draws the configurations of a sweep, by default of the newest, across all that it varies and its metrics: parallel coordinates. */
export async function plotParallel(id: string | undefined, { scale, without, out, csv = false, json = false, ...source }: ParallelOptions): Promise<void> {
  requirePicture(out);
  const scales = Object.fromEntries(scale.map(scaleIn));
  await withAnswers(source, async (answers) => {
    const found = await answers.parallel(await sweepIdOf(answers, id));
    const names = parallelAxes(found).map(({ axis }) => axis.name);
    const unknown = [...Object.keys(scales), ...without].find((name) => !names.includes(name));
    if (unknown !== undefined) throw new ElucidateError('request.invalid', `Sweep ${found.sweepId} has no axis ${JSON.stringify(unknown)}; it has ${names.join(', ')}`);
    const files = out !== undefined ? [out] : json || csv ? [] : pictureFiles('parallel', join(homeOf().dir, 'results', found.sweepId));
    await drawFigure(parallelFigure(found, { scales, without }), files);
    if (csv) process.stdout.write(parallelCsv(found));
    else console.log(json ? jsonOf({ ...found, files }) : files.join('\n'));
  });
}
