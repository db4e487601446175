import { jsonOf } from '@elucidate/experiment/printable';
import { withAnswers, type SourceOptions } from '../open-answers.js';

/** Cancels a sweep; finished stages are kept, and stages that other sweeps need continue. */
export async function cancel(id: string, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    await answers.cancel(id);
    const sweep = await answers.sweep(id);
    console.log(json ? jsonOf(sweep) : `Sweep ${id} is cancelled; ${sweep.stages.done ?? 0} finished stages are kept.`);
  });
}

/** Retries the failed stages of a sweep. */
export async function retry(id: string, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    await answers.retry(id);
    const sweep = await answers.sweep(id);
    console.log(json ? jsonOf(sweep) : `Sweep ${id} continues: ${(sweep.stages.ready ?? 0) + (sweep.stages.waiting ?? 0)} stages to run.`);
  });
}
