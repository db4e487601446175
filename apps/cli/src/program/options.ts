import { Argument, InvalidArgumentError, Option } from 'commander';
import { ElucidateError } from '@elucidate/experiment/errors';
import { collect, wholeNumber } from '@elucidate/shell/options';
import { paperFormats } from '@elucidate/experiment/render-paper';
import { scoreScales } from '@elucidate/experiment/score-scale';
import { tableFormats } from '@elucidate/experiment/table-text';

/** Options that several commands of `elucidate` share. */

/** An action whose module is loaded when the command runs, so that help is printed at once. */
export const lazily = <A extends unknown[]>(load: () => Promise<(...args: A) => unknown>) => async (...args: A): Promise<void> => {
  await (await load())(...args);
};

/** The old name of an option: not in the help, and refused with the new name. */
export const renamed = (flags: string, name: string): Option => new Option(flags).hideHelp().argParser(() => {
  throw new InvalidArgumentError(`it is called ${name} now.`);
});

export const sweep = (): Argument => new Argument('<sweep>', 'its id or the first 6 digits of it, or its name if no other sweep has it');
export const newestSweep = (): Argument => new Argument('[sweep]', 'its id or the first 6 digits of it, or its name if no other sweep has it (default: the newest)');
export const api = (what = 'address of the API (default: ELUCIDATE_API, else http://127.0.0.1:3210)'): Option => new Option('--api <url>', what);
export const local = (): Option => new Option('--local', 'read the database of this folder even if an API answers; without an API it is read anyway');
export const format = (): Option => new Option('--format <format>', 'output format').choices([...tableFormats]).default('markdown');
/** Whose scores, where several evaluators or numbers of images were used. */
export const images = (): Option => new Option('--n <images>', 'the scores of so many generated images (default: of the most; scores of two never share a table or a picture)').argParser(wholeNumber(1, 1e9));
export const evaluator = (): Option => new Option('--evaluator <fingerprint>', 'the scores of this evaluator, by its fingerprint or the first digits of it');
/** What differences are taken of. */
export const scale = (): Option => new Option('--scale <scale>', 'differences of scores, or of their logarithms, which are factors; auto: logarithms where the means span a factor of ten').choices([...scoreScales]).default('auto');
export const paperFormat = (): Option => new Option('--format <format>', 'output format; text only with --paper and --list').choices([...paperFormats]).default('markdown');
/** Changes of a sweep file. */
export const overrides = (): Option => new Option('--set <path=value>', 'change the sweep file: train.images=20000, seeds.train=[1,2,3], steps=5,10 to vary a parameter, where=null to leave out a key; repeatable').argParser(collect).default([] as string[], 'none');
/** The same as arguments after the file. */
export const changes = (): Argument => new Argument('[path=value...]', 'changes of the sweep file: train.images=20000 steps=5,10, as --set takes them');

/** An action on a sweep file whose changes may be arguments, too. */
export const changing = <O extends { set?: readonly string[] }, R>(action: (file: string, options: O) => R) => (file: string, more: readonly string[], options: O): R => {
  const other = more.find((text) => !text.includes('='));
  if (other !== undefined) throw new ElucidateError('request.invalid', `${JSON.stringify(other)} is no change of the sweep file ${file}; write a path in it and a value, such as train.images=20000. One file is read at a time`);
  return action(file, { ...options, set: [...(options.set ?? []), ...more] });
};

export const profile = (): Option => new Option('--profile <name>', 'one of the `profiles` of the sweep file, such as small');
