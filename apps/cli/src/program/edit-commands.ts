import { collect, json, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { api, changes, changing, format, lazily, local, newestSweep, overrides, profile, sweep } from './options.js';
import { metric } from './result-commands.js';

/** apply, extend, confirm, advise: commands that change what a submitted sweep consists of, or submit what follows from it. */
export function editCommands(program: Command): void {
  program.command('apply <file>').addArgument(changes()).description('make a sweep what a file says: add what it lacks, drop what the file does not have, keep what is done; submits the file if no sweep has its name')
    .option('--sweep <sweep>', 'id or name of the sweep (default: the name in the file)')
    .addOption(dryRun()).addOption(profile()).addOption(overrides()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('apply sweep.yaml --dry-run', 'apply sweep.yaml', 'apply sweep.yaml --sweep 3f2a9c01b7de --json', 'apply - < sweep.yaml'))
    .action(changing(lazily(async () => (await import('../commands/apply.js')).apply)));

  program.command('extend').addArgument(sweep()).description('add seeds, or values of parameters, to a sweep that runs or has ended; it runs again, and everything done is kept')
    .addOption(new Option('--train-seeds <seeds>', 'seeds of training to add, such as 3,4 or 3-8').argParser(seeds))
    .addOption(new Option('--sample-seeds <seeds>', 'seeds of sampling to add').argParser(seeds))
    .addOption(new Option('--cells <ids>', 'add the seeds to these configurations only, by their ids or the first 6 digits of them or more, as `elucidate trials` prints them').argParser(cellIds))
    .addOption(new Option('--device-hours <n>', 'hours of slots that it may spend in all: a sweep whose budget is used up goes on').argParser(hours))
    .option('--set <parameter=values>', 'values to add to a parameter, written as in a sweep file; repeatable', collect, [] as string[])
    .addOption(dryRun()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('extend 3f2a9c01b7de --train-seeds 3,4', 'extend 3f2a9c01b7de --cells 4f1c09ab,07dbf6ed --train-seeds 3-6', 'extend 3f2a9c01b7de --set steps=50,100 --dry-run', "extend 3f2a9c01b7de --set 'sampler={kind: heun},{kind: ddim, eta: 0.5}' --json"))
    .action(lazily(async () => (await import('../commands/extend.js')).extend));

  program.command('confirm').addArgument(newestSweep()).description('score the best configurations of a sweep again, at seeds that did not choose them, in a sweep of their own; run again when that has ended, it prints both scores')
    .addOption(new Option('--top <n>', 'how many of the best').argParser(wholeNumber(1, 1000)).default(3)).addOption(metric())
    .addOption(new Option('--sample-seeds <seeds>', 'seeds of sampling (default: as many new ones as the sweep has, at least three)').argParser(seeds))
    .addOption(new Option('--train-seeds <seeds>', 'seeds of training (default: those of the sweep, whose networks are there; for new ones, networks are trained)').argParser(seeds))
    .option('--write <file>', 'only write the sweep file, for `elucidate run --local`')
    .addOption(format()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('confirm', 'confirm 3f2a9c01b7de --top 5', 'confirm 3f2a9c01b7de --train-seeds 11-13', 'confirm --write confirm.json'))
    .action(lazily(async () => (await import('../commands/confirm.js')).confirm));

  program.command('advise').addArgument(newestSweep()).description('how sure a sweep is of its best configuration, and which additional seeds, for which configurations, would remove the most doubt for their device time')
    .addOption(metric())
    .option('--submit', 'add the seeds advised, as `elucidate extend --cells` does').addOption(new Option('--offer <n>', 'with --submit: this one of the offers listed, instead of the one advised').argParser(wholeNumber(1, 1000)))
    .addOption(dryRun()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('advise', 'advise 3f2a9c01b7de --metric kid', 'advise 3f2a9c01b7de --submit', 'advise 3f2a9c01b7de --submit --offer 2 --dry-run'))
    .action(lazily(async () => (await import('../commands/advise.js')).advise));
}

const dryRun = (): Option => new Option('--dry-run', 'only print the difference');

/** "4f1c09ab,07dbf6" as a list. */
function cellIds(text: string): string[] {
  const list = text.split(',').map((id) => id.trim());
  const wrong = list.find((id) => !/^[0-9a-f]{6,64}$/.test(id));
  if (wrong !== undefined) throw new InvalidArgumentError(`expected ids of configurations, 6 hex digits or more of each, such as 4f1c09ab,07dbf6, not ${JSON.stringify(wrong)}.`);
  return list;
}

/** A positive number. */
function hours(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError(`expected a number of hours above 0, not ${JSON.stringify(text)}.`);
  return value;
}

const maxSeeds = 1000;

/** "3,4,7-9" as a list. */
function seeds(text: string): number[] {
  const list = text.split(',').flatMap((part) => {
    const [, from = '', to = from] = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === '' || last < first || last - first >= maxSeeds) throw new InvalidArgumentError(`expected seeds such as 3,4 or 3-8, not ${JSON.stringify(text)}.`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (list.length > maxSeeds) throw new InvalidArgumentError(`expected at most ${maxSeeds} seeds, not ${list.length}.`);
  return list;
}
