import { ElucidateError } from '@elucidate/experiment/errors';

const interpreters: readonly (readonly [RegExp, string])[] = [[/^(train|main|program)\.py$/, 'python3'], [/^(train|main|program)\.m?js$/, 'node']];

/** The command that is given, else an interpreter and the folder's own file. Throws request.invalid where there is no such file, or several. */
export function commandFor(files: readonly { path: string }[], given: readonly string[]): readonly string[] {
  if (given.length > 0) return given;
  const found = files.flatMap(({ path }) => interpreters.flatMap(([pattern, interpreter]) => (pattern.test(path) ? [[interpreter, path]] : [])));
  if (found.length === 1) return found[0]!;
  throw new ElucidateError('request.invalid', `The command that runs the program is not clear: the folder has ${found.length === 0 ? 'no train.py, main.py or program.py' : found.map(([, path]) => path).join(' and ')}; write it after --, for example: -- python3 my_file.py`);
}

const plain = /^[A-Za-z0-9_./+-]+$/;

/** A network as one line of YAML: "{ kind: program, contents: 3f1c..., command: [python3, train.py] }". */
export function networkLine({ kind, contents, command }: { kind: string; contents: string; command: readonly string[] }): string {
  const word = (text: string) => (plain.test(text) && !/^[-+.0-9]|^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text));
  // a hash of digits alone, or with one e, would be a number
  return `{ kind: ${kind}, contents: ${/^\d+(e\d+)?$/.test(contents) ? JSON.stringify(contents) : contents}, command: [${command.map(word).join(', ')}] }`;
}
