import { ElucidateError } from '@elucidate/experiment/errors';
import { printable } from '@elucidate/experiment/printable';
import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';

/** The form of every sweep's id. */
const isId = (text: string): boolean => /^[0-9a-f]{12}$/.test(text);

/** The sweep of a name. Throws 'request.conflict' if there are several: what is done to one must not hit another. */
export async function onlyOneCalled(answers: Answers, name: string, remedy = 'say which by its id'): Promise<SweepSummary | undefined> {
  const sweeps = await answers.named(name);
  if (sweeps.length <= 1) return sweeps[0];
  const listed = sweeps.slice(0, 5).map(({ id, state, createdAt }) => `${id} (${state}, ${createdAt.slice(0, 16)})`).join(', ');
  throw new ElucidateError('request.conflict', `${sweeps.length} sweeps are called ${printable(name)}; ${remedy}: ${listed}${sweeps.length > 5 ? ', ...' : ''}`);
}

/** The beginning of a sweep's id, which a name may be, too. */
const mayBegin = (text: string): boolean => /^[0-9a-f]{6,11}$/.test(text);

/** The id of the sweep that is meant: by its id or the first digits of it, or by its name; without either, the newest. Throws 'not_found', and 'request.conflict' for digits or a name of several. */
export async function sweepIdOf(answers: Answers, meant: string | undefined): Promise<string> {
  if (meant === undefined) return newest(answers);
  if (isId(meant)) return meant;
  const found = (await onlyOneCalled(answers, meant)) ?? (mayBegin(meant) ? await onlyOneBeginning(answers, meant) : undefined);
  if (found === undefined) throw noSweep(answers, meant);
  return found.id;
}

async function onlyOneBeginning(answers: Answers, digits: string): Promise<SweepSummary | undefined> {
  const sweeps = (await answers.searched(digits)).filter(({ id }) => id.startsWith(digits));
  if (sweeps.length > 1) throw new ElucidateError('request.conflict', `The ids of ${sweeps.length} sweeps begin with ${digits}; give more digits: ${sweeps.slice(0, 5).map(({ id, name }) => `${id} (${printable(name)})`).join(', ')}${sweeps.length > 5 ? ', ...' : ''}`);
  return sweeps[0];
}

const noSweep = ({ source }: Answers, meant: string): ElucidateError =>
  new ElucidateError('not_found', `There is no sweep ${JSON.stringify(meant)} in ${source}, by its id (12 hex digits, or the first 6 or more) or its name; \`elucidate status\` lists all sweeps`);

async function newest(answers: Answers): Promise<string> {
  const [first] = await answers.sweeps(1);
  if (first === undefined) throw new ElucidateError('not_found', `There is no sweep in ${answers.source} yet; submit one with \`elucidate submit sweep.yaml\``);
  return first.id;
}
