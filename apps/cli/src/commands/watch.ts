import { jsonOf } from '@elucidate/experiment/printable';
import { interruptSignal } from '../interrupt.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { exitCodeOfSweep, renderResults } from '../results.js';
import { watchToResults } from '../watch-sweep.js';

/** Shows a sweep's progress until it has ended, then its results. */
export async function watch(id: string | undefined, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    // asked before it is watched: a wrong address or id is an error at once
    const sweep = await answers.sweep(await sweepIdOf(answers, id));
    const { signal, dispose } = interruptSignal();
    const { ended, results } = await watchToResults(answers, sweep.id, { signal, quiet: json }).finally(dispose);
    console.log(json ? jsonOf(results) : renderResults(results));
    process.exitCode = exitCodeOfSweep(ended);
  });
}
