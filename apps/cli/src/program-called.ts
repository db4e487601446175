import { ElucidateError } from '@elucidate/experiment/errors';
import type { ProgramRow } from '@elucidate/store/queries/programs';

/** The one program whose hash begins with these digits, at least four. Throws 'not_found', 'request.invalid' for what is no hash and for digits of several. */
export function programCalled(digits: string, programs: readonly ProgramRow[]): ProgramRow {
  if (!/^[0-9a-f]{4,64}$/.test(digits)) throw new ElucidateError('request.invalid', `${JSON.stringify(digits)} is no hash: write at least the first four digits, as \`elucidate program list\` shows them`);
  const [first, second] = programs.filter(({ contents }) => contents.startsWith(digits));
  if (first === undefined) throw new ElucidateError('not_found', `You have added no program ${digits}; \`elucidate program list\` shows those that you have`);
  if (second !== undefined) throw new ElucidateError('request.invalid', `Several programs begin with ${digits}, such as ${first.contents} and ${second.contents}; write more digits`);
  return first;
}
