import type { WorkPath } from '@elucidate/experiment/plot-work';
import { renderPareto } from '@elucidate/experiment/render-pareto';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { paretoFigure } from '@elucidate/figures/figures/pareto-figure';
import { drawFigure, requirePicture } from '../draw-plot.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { fixedOf } from './table.js';

export interface ParetoOptions extends SourceOptions {
  by: WorkPath;
  metric?: string;
  /** "sampler:heun" */
  fixed: readonly string[];
  format: TableFormat;
  logX?: boolean;
  logY?: boolean;
  out?: string;
  json?: boolean;
}

/** The best configuration for every budget of a sweep, by default of the newest, and what cannot be told apart from it. */
export async function pareto(id: string | undefined, { by, metric, fixed, format, logX, logY, out, json = false, ...source }: ParetoOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const found = await answers.pareto(await sweepIdOf(answers, id), { by, metric, fixed: fixedOf(fixed) });
    if (out !== undefined) {
      await drawFigure(paretoFigure(found, { logX, logY }), [out]);
      console.error(out);
    }
    process.stdout.write(renderPareto(found, json ? 'json' : format));
  });
}
