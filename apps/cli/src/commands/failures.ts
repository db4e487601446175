import { renderFailures } from '@elucidate/experiment/failure-groups';
import { jsonOf } from '@elucidate/experiment/printable';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

/** What failed in a sweep, by default the newest, grouped into its causes. */
export async function failures(id: string | undefined, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.failures(await sweepIdOf(answers, id));
    console.log(json ? jsonOf(found) : renderFailures(found));
  });
}
