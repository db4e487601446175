import { renderEffects } from '@elucidate/experiment/render-effects';
import type { AskedScale } from '@elucidate/experiment/score-scale';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { effectsFigure } from '@elucidate/figures/figures/effects-figure';
import { drawFigure, requirePicture } from '../draw-plot.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface EffectsOptions extends SourceOptions {
  metric?: string;
  scale: AskedScale;
  format: TableFormat;
  /** A picture, in addition. */
  out?: string;
  json?: boolean;
}

/** What matters in a sweep, by default in the newest: main effects and interactions, as tables, and as a picture where `out` says. */
export async function effects(id: string | undefined, { metric, scale, format, out, json = false, ...source }: EffectsOptions): Promise<void> {
  requirePicture(out);
  await withAnswers(source, async (answers) => {
    const found = await answers.effects(await sweepIdOf(answers, id), { metric, scale });
    if (out !== undefined) {
      await drawFigure(effectsFigure(found), [out]);
      console.error(out);
    }
    process.stdout.write(renderEffects(found, json ? 'json' : format));
  });
}
