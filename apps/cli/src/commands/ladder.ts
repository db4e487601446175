import { renderLadder } from '@elucidate/experiment/render-ladder';
import type { AskedScale } from '@elucidate/experiment/score-scale';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface LadderOptions extends SourceOptions {
  metric?: string;
  scale: AskedScale;
  format: TableFormat;
  /** A configuration, or `best`. */
  from?: string;
  steps?: readonly string[];
  json?: boolean;
}

/** Configurations of a sweep, by default of the newest, one change at a time, with paired differences. */
export async function ladder(id: string | undefined, { metric, scale, format, from, steps, json = false, ...source }: LadderOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.ladder(await sweepIdOf(answers, id), { metric, scale, from, steps });
    process.stdout.write(renderLadder(found, json ? 'json' : format));
  });
}
