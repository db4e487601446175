import { z } from 'zod';

/** The grammar of programs: code that elucidate runs without knowing what it is. docs/programs.md is its contract. */

const settingName = /^[A-Za-z][A-Za-z0-9_-]{0,49}$/;

/** What a program is: a folder, as the sha256 of its archive, the command that runs in it, and what its author lets a sweep set. */
export const programParts = {
  contents: z.string().regex(/^[0-9a-f]{64}$/, 'a sha256, which `elucidate program add FOLDER` prints'),
  /** A program and its arguments; no shell reads them. */
  command: z.array(z.string().min(1).max(1000).refine((part) => !part.includes('\0'), 'no NUL character')).min(1).max(50),
  settings: z.record(z.string().regex(settingName, 'a letter, then letters, digits, - and _'), z.union([z.number(), z.string().max(1000), z.boolean()])).default({}),
};

/** A network that a program trains and samples, or an extractor of features. */
export const programSchema = z.strictObject({ kind: z.literal('program'), ...programParts });
export type ProgramSpec = Pick<z.infer<typeof programSchema>, keyof typeof programParts>;

/** Characters of the contents that tell programs apart in a table. */
const shown = 8;

/** "program(train.py 1a2b3c4d, width 64)": what of the command names a file, or its first word. */
export function programLabel({ contents, command, settings }: ProgramSpec): string {
  const file = command.slice(1).find((part) => !part.startsWith('-')) ?? command[0]!;
  const words = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} ${String(value)}`);
  return `program(${[`${file} ${contents.slice(0, shown)}`, ...words].join(', ')})`;
}
