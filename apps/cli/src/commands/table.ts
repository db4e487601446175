import { ElucidateError } from '@elucidate/experiment/errors';
import { everyTable } from '@elucidate/experiment/every-table';
import { renderAblations } from '@elucidate/experiment/render-ablation';
import type { TableFormat } from '@elucidate/experiment/table-text';
import type { AblationName } from '@elucidate/experiment/ablations';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface TableOptions extends SourceOptions {
  format: TableFormat;
  metric?: string;
  /** "sampler:heun" */
  fixed: readonly string[];
  n?: number;
  evaluator?: string;
  json?: boolean;
}

/** `--fixed` options as labels by parameter. Throws 'request.invalid'. */
export function fixedOf(pairs: readonly string[], option = '--fixed'): Record<string, string> {
  return Object.fromEntries(pairs.map((text) => {
    const colon = text.indexOf(':');
    if (colon < 1) throw new ElucidateError('request.invalid', `${option} ${JSON.stringify(text)}: expected parameter:label, such as sampler:heun`);
    return [text.slice(0, colon), text.slice(colon + 1)];
  }));
}

/** One ablation table of a sweep, by default of the newest; where several evaluators or numbers of images scored it, one for each. */
export async function table(name: AblationName, id: string | undefined, { format, metric, fixed, n, evaluator, json = false, ...source }: TableOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const [sweepId, request] = [await sweepIdOf(answers, id), { name, metric, fixed: fixedOf(fixed) }];
    const found = await everyTable((scores) => answers.table(sweepId, { ...request, scores }), { n, evaluator });
    process.stdout.write(renderAblations(found, json ? 'json' : format));
  });
}
