import { parseSpec } from '@elucidate/experiment/parse-spec';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { renderDecisions } from '@elucidate/experiment/render-decisions';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

/** What a race decided, look by look: which configurations got no more seeds, or were trained no longer, and when. */
export async function decisions(meant: string | undefined, { json = false, ...source }: SourceOptions & { json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const sweep = await answers.sweep(await sweepIdOf(answers, meant));
    const spec = parseSpec(sweep.spec);
    console.log(json ? jsonOf(spec.race ?? null) : renderDecisions({ id: sweep.id, spec }).split('\n').map(printable).join('\n'));
  });
}
