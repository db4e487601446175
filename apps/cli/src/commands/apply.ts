import { plural } from '@elucidate/experiment/plural';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { EditAnswer } from '../answers.js';
import { differenceText } from '../difference-text.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { stateWord } from '../results.js';
import { readSpecFile } from '../spec-file.js';
import { onlyOneCalled, sweepIdOf } from '../sweep-called.js';

export interface ApplyOptions extends SourceOptions {
  /** Id or name of the sweep; default: the name in the file. */
  sweep?: string;
  profile?: string;
  /** Changes of the file: "train.images=20000". */
  set?: readonly string[];
  dryRun?: boolean;
  json?: boolean;
}

/** Makes a sweep what a file says: prints the difference, then edits the sweep. Submits the file if there is no sweep of its name. */
export async function apply(file: string, { sweep: given, profile, set, dryRun = false, json = false, ...source }: ApplyOptions): Promise<void> {
  const read = await readSpecFile(file, { profile, overrides: set });
  await withAnswers(source, async (answers) => {
    const target = given === undefined ? await onlyOneCalled(answers, read.spec.name, 'say which with --sweep') : await answers.sweep(await sweepIdOf(answers, given));
    if (target === undefined) {
      const submitted = dryRun ? null : await answers.submit(read);
      const text = `No sweep is called ${printable(read.spec.name)}: ${submitted === null ? 'it would be submitted' : `submitted as ${submitted.id}, ${plural(submitted.cells, 'cell')}, ${plural(submitted.trials, 'trial')}, ${plural(submitted.reusedStages, 'stage')} reused`}`;
      console.log(json ? jsonOf({ dryRun, submitted }) : text);
      return;
    }
    const { id, version } = target;
    const foreseen = await answers.edit(id, read, { version, dryRun: true });
    if (!json) console.log(`Sweep ${id}, ${printable(target.name)}:\n${differenceText(foreseen)}`);
    const made = dryRun ? foreseen : await answers.edit(id, read, { version, dryRun: false });
    console.log(json ? jsonOf(made) : outcomeText(made, version));
  });
}

/** What has become of an edit of a sweep that had a version. */
export function outcomeText({ dryRun, version, sweep, difference: { trials } }: EditAnswer, seen: number): string {
  if (!dryRun && version === seen) return 'It is so already; nothing was changed.';
  const dropped = (trials.dropped ?? 0) === 0 ? '' : `Results of dropped trials ${dryRun ? 'would stay' : 'stay'} in the database, and come back with a file that has them, until \`elucidate prune\`.\n`;
  if (dryRun) return `${dropped}Nothing was changed (--dry-run).`;
  const byBudget = ` Its budget is used up, this one too: \`elucidate extend ${sweep.id} --device-hours N\`, or \`apply\` of its file with a larger one, lets it go on.`;
  const next = sweep.paused && sweep.budget?.usedUp === true ? byBudget : sweep.paused ? ` \`elucidate resume ${sweep.id}\` lets it go on.` : ` Workers run what is new, \`elucidate worker\` starts one; follow it with: elucidate watch ${sweep.id}`;
  return `${dropped}Edited: version ${version}, ${stateWord(sweep)}.${sweep.state === 'running' ? next : ''}`;
}
