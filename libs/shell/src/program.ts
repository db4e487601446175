import { readFileSync } from 'node:fs';
import { Command } from 'commander';

/** The version of the package that a source file belongs to, given as import.meta.url of a file right under src/ or dist/. */
const versionOf = (fileUrl: string): string => (JSON.parse(readFileSync(new URL('../package.json', fileUrl), 'utf8')) as { version: string }).version;

/** A command line that throws CommanderError instead of exiting, and names the nearest option or command for an unknown one. */
export const createProgram = (name: string, fileUrl: string): Command =>
  new Command(name).version(versionOf(fileUrl)).showHelpAfterError('(see --help)').showSuggestionAfterError().exitOverride();

/** The examples at the end of a command's help: command lines without the word `elucidate`. */
export const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  $ elucidate ${line}`).join('\n')}`;
