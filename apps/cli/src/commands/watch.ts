import { jsonOf } from '@elucidate/experiment/printable';
import { interruptSignal } from '../interrupt.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { exitCodeOfSweep, renderResults, resultsOf } from '../results.js';
import { watchSweep } from '../watch-sweep.js';

/** Shows a sweep's progress until it has ended, then its results. */
export async function watch(id: string | undefined, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const { signal, dispose } = interruptSignal();
    const ended = await watchSweep(answers, await sweepIdOf(answers, id), { signal, quiet: json }).finally(dispose);
    const results = await resultsOf(answers, ended.id);
    console.log(json ? jsonOf(results) : renderResults(results));
    process.exitCode = exitCodeOfSweep(ended);
  });
}
