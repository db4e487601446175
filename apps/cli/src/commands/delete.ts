import { createInterface } from 'node:readline/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { plural } from '@elucidate/experiment/plural';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface DeleteOptions extends SourceOptions {
  /** Do not ask. */
  yes?: boolean;
  json?: boolean;
}

/** Deletes a sweep that has ended, and the stages that no other sweep has; asks first, unless --yes is given. */
export async function deleteStored(meant: string, { yes = false, json = false, ...source }: DeleteOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const sweep = await answers.sweep(await sweepIdOf(answers, meant));
    if (sweep.state === 'running') throw new ElucidateError('request.conflict', `Sweep ${sweep.id} is running; cancel it first, with \`elucidate cancel ${sweep.id}\``);
    if (!yes && !(await agreed(sweep, json))) {
      console.error('Nothing was deleted.');
      return;
    }
    const stages = await answers.remove(sweep.id, sweep.version);
    console.log(json ? jsonOf({ id: sweep.id, stages }, 0) : `Sweep ${sweep.id} is deleted, ${stages === 0 ? 'and no stage with it: other sweeps have them all.' : `with ${plural(stages, 'stage')} that no other sweep has; \`elucidate prune\` removes their files, once they are an hour old.`}`);
  });
}

/** Asks at a terminal. Throws 'request.invalid' where there is nobody to ask. */
async function agreed({ id, name, state, cells, trials }: SweepDetail, json: boolean): Promise<boolean> {
  const what = `sweep ${id}, ${printable(name)} (${state}, ${plural(cells, 'cell')}, ${plural(trials, 'trial')}), with its results`;
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) throw new ElucidateError('request.invalid', `Nothing was deleted: add --yes to delete ${what}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Delete ${what}? [y/N] `).finally(() => terminal.close());
  return /^y(es)?$/i.test(answer.trim());
}
