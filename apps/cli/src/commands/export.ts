import { ElucidateError } from '@elucidate/experiment/errors';
import { requestedMetrics } from '@elucidate/experiment/metric-requests';
import { trialsOptuna } from '@elucidate/experiment/trials-optuna';
import type { ExportFormat } from '../export-formats.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { writeOut } from '../write-out.js';
import { trialFormatOf, trialRenderers } from './trials.js';

export interface ExportOptions extends SourceOptions {
  format?: ExportFormat;
  /** Of an Optuna study: its objective. */
  metric?: string;
}

/** Writes the trials of a sweep, by default the newest, to a file for other tools. */
export async function exportTrials(file: string, meant: string | undefined, { format = trialFormatOf(file), metric, ...source }: ExportOptions): Promise<void> {
  if (metric !== undefined && format !== 'optuna') throw new ElucidateError('request.invalid', `--metric is the objective of an Optuna study; ${format} has all metrics`);
  await withAnswers(source, async (answers) => {
    const sweep = await answers.sweep(await sweepIdOf(answers, meant));
    const requested = requestedMetrics(sweep.spec);
    const objective = metric ?? requested[0]!;
    if (!requested.includes(objective)) throw new ElucidateError('request.invalid', `Sweep ${sweep.id} has no ${objective}: it computes ${requested.join(', ')}`);
    const pages = () => answers.trials(sweep.id);
    await writeOut(format === 'optuna' ? trialsOptuna({ pages, metric: objective, name: sweep.name, sweepId: sweep.id }) : trialRenderers[format](pages()), file);
    console.error(file);
  });
}
