import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers, EditAnswer } from '../answers.js';
import { differenceText } from '../difference-text.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { readSpecFile } from '../spec-file.js';

export interface ApplyOptions extends SourceOptions {
  /** Id or name of the sweep; default: the name in the file. */
  sweep?: string;
  profile?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Makes a sweep what a file says: prints the difference, then edits the sweep. Submits the file if there is no sweep of its name. */
export async function apply(file: string, { sweep: given, profile, dryRun = false, json = false, ...source }: ApplyOptions): Promise<void> {
  const read = await readSpecFile(file, { profile });
  await withAnswers(source, async (answers) => {
    const target = given === undefined ? await onlyOne(answers, read.spec.name) : await named(answers, given);
    if (target === undefined) {
      const submitted = dryRun ? null : await answers.submit(read);
      const text = `No sweep is called ${printable(read.spec.name)}: ${submitted === null ? 'it would be submitted' : `submitted as ${submitted.id}, ${submitted.cells} cells, ${submitted.trials} trials, ${submitted.reusedStages} stages reused`}`;
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

/** The sweep of a name. Throws 'request.conflict' if there are several: an edit must not hit the wrong one. */
async function onlyOne(answers: Answers, name: string): Promise<SweepSummary | undefined> {
  const sweeps = await answers.named(name);
  if (sweeps.length <= 1) return sweeps[0];
  const listed = sweeps.slice(0, 5).map(({ id, state, createdAt }) => `${id} (${state}, ${createdAt.slice(0, 16)})`).join(', ');
  throw new ElucidateError('request.conflict', `${sweeps.length} sweeps are called ${printable(name)}; say which with --sweep: ${listed}${sweeps.length > 5 ? ', ...' : ''}`);
}

async function named(answers: Answers, sweep: string): Promise<SweepSummary> {
  const byId = /^[\w-]{1,64}$/.test(sweep) ? await answers.sweep(sweep).catch(absent) : undefined;
  const found = byId ?? (await onlyOne(answers, sweep));
  if (found === undefined) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweep)} in ${answers.source}; \`elucidate status\` lists all sweeps`);
  return found;
}

function absent(error: unknown): undefined {
  if (!(error instanceof ElucidateError) || error.code !== 'not_found') throw error;
}

/** What has become of an edit of a sweep that had a version. */
export function outcomeText({ dryRun, version, sweep }: EditAnswer, seen: number): string {
  if (dryRun) return 'Nothing was changed (--dry-run).';
  if (version === seen) return 'It is so already; nothing was changed.';
  return `Edited: version ${version}, ${sweep.state}.${sweep.state === 'running' ? ` Follow it with: elucidate watch ${sweep.id}` : ''}`;
}
