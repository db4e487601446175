import { Option, type Command } from 'commander';

/** Formats by other names. */
const aliases: Readonly<Record<string, string>> = { md: 'markdown', tex: 'latex' };

const longs = (command: Command): string[] => command.options.flatMap(({ long }) => (long == null ? [] : [long]));

/** An option that no help shows: it is not known, and the error says what is meant by it. */
function refused(command: Command, flags: string, meant: string): void {
  const option = new Option(flags).hideHelp();
  option.preset('').argParser(() => command.error(`error: unknown option '${option.long}'\n(Did you mean ${meant}?)`, { code: 'commander.unknownOption' }));
  command.addOption(option);
}

/** Of every command: a format written as an option, `--csv`, is answered with `--format csv` where that is how it is chosen, and `--format` with the options that choose it where these are. */
export function hintFormats(command: Command): void {
  const known = longs(command);
  const choices = command.options.find(({ long }) => long === '--format')?.argChoices;
  for (const [flag, name] of choices === undefined ? [] : [...choices.map((choice) => [choice, choice] as const), ...Object.entries(aliases).filter(([, meant]) => choices.includes(meant))]) {
    if (!known.includes(`--${flag}`)) refused(command, `--${flag}`, `--format ${name}`);
  }
  if (!known.includes('--format') && known.includes('--csv')) refused(command, '--format <format>', known.filter((long) => ['--csv', '--json', '--ndjson'].includes(long)).join(' or '));
  for (const one of command.commands) hintFormats(one);
}
