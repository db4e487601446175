import { confirmSpec } from '@elucidate/experiment/confirm-spec';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { renderConfirmation } from '@elucidate/experiment/render-confirmation';
import type { TableFormat } from '@elucidate/experiment/table-text';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from '../answers.js';
import { alreadyAgain, choose, confirmationOf, freeName, sweepToConfirm, type ChoiceOptions } from '../confirmation.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { saveFile } from '../write-out.js';
import { apartText } from './show.js';

export interface ConfirmOptions extends SourceOptions, ChoiceOptions {
  write?: string;
  format: TableFormat;
  json?: boolean;
}

const submitted = (answers: Answers, document: object): Promise<SweepDetail> => answers.submit({ text: JSON.stringify(document), spec: parseSpec(document) });

/** Scores the best configurations of a sweep again, at seeds that did not choose them, in a sweep of their own; once that has ended, prints both scores. */
export async function confirm(id: string | undefined, { write, format, json = false, ...options }: ConfirmOptions): Promise<void> {
  await withAnswers(options, async (answers) => {
    const chosen = await choose(answers, await sweepToConfirm(answers, id), options);
    if (chosen.groups.length > 1) console.error(apartText(chosen.groups));
    const document = async (): Promise<object> => ({ ...confirmSpec(chosen.spec, chosen.rows.map(({ config }) => config), chosen.seeds), name: await freeName(answers, chosen) });
    if (write !== undefined) {
      await saveFile(write, `${JSON.stringify(parseSpec(await document()), undefined, 2)}\n`);
      console.error(`${write}: run it with \`elucidate run --local ${write}\` or \`elucidate submit ${write}\`, then run this command again`);
      return;
    }
    const again = (await alreadyAgain(answers, chosen)) ?? (await submitted(answers, await document()));
    if (again.state === 'running') {
      if (json) console.log(jsonOf({ sweepId: chosen.sweep.id, confirmedBy: again.id, state: again.state }));
      console.error(`Sweep ${again.id}, ${printable(again.name)}, scores the best ${chosen.rows.length} again: ${again.stages['done'] ?? 0} of ${Object.values(again.stages).reduce((sum, count) => sum + count, 0)} stages are done. Run the same command again when it has ended; a worker has to run.`);
      return;
    }
    process.stdout.write(renderConfirmation(confirmationOf(chosen, again, await answers.leaderboard(again.id, chosen.group.metric)), json ? 'json' : format));
  });
}
