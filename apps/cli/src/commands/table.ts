import { ElucidateError } from '@elucidate/experiment/errors';
import { renderAblation, type TableFormat } from '@elucidate/experiment/render-table';
import type { AblationName } from '@elucidate/experiment/ablations';
import type { ScoreMetric } from '@elucidate/experiment/tables';
import { sweepIdOf, withAnswers, type SourceOptions } from '../open-answers.js';

export interface TableOptions extends SourceOptions {
  format: TableFormat;
  metric: ScoreMetric;
  /** "sampler:heun" */
  hold: readonly string[];
  json?: boolean;
}

function heldOf(hold: readonly string[]): Record<string, string> {
  return Object.fromEntries(hold.map((text) => {
    const colon = text.indexOf(':');
    if (colon < 1) throw new ElucidateError('request.invalid', `--hold ${JSON.stringify(text)}: expected parameter:label, such as sampler:heun`);
    return [text.slice(0, colon), text.slice(colon + 1)];
  }));
}

/** One ablation table of a sweep, by default the newest. */
export async function table(name: AblationName, id: string | undefined, { format, metric, hold, json = false, ...source }: TableOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.table(await sweepIdOf(answers, id), { name, metric, held: heldOf(hold) });
    process.stdout.write(renderAblation(found, json ? 'json' : format));
  });
}
