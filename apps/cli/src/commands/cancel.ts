import { withAnswers, type SourceOptions } from '../open-answers.js';

/** Cancels a sweep; what is done stays, and what other sweeps need goes on. */
export async function cancel(id: string, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    await answers.cancel(id);
    const sweep = await answers.sweep(id);
    console.log(json ? JSON.stringify(sweep, null, 2) : `Sweep ${id} is cancelled; ${sweep.stages.done ?? 0} finished stages are kept.`);
  });
}

/** Tries the failed stages of a sweep again. */
export async function retry(id: string, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    await answers.retry(id);
    const sweep = await answers.sweep(id);
    console.log(json ? JSON.stringify(sweep, null, 2) : `Sweep ${id} goes on: ${(sweep.stages.ready ?? 0) + (sweep.stages.waiting ?? 0)} stages to do.`);
  });
}
