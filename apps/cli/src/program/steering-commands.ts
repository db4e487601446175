import { Argument, type Command, InvalidArgumentError } from 'commander';
import { json, numberBetween, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { api, lazily, local, sweep } from './options.js';

/** pause, resume, stop, cancel, retry, priority, weight, concurrency: commands that steer a submitted sweep. */
export function steeringCommands(program: Command): void {
  const steering = (name: string, description: string): Command =>
    program.command(name).addArgument(sweep()).description(description).addOption(api()).addOption(local()).addOption(json());

  steering('pause', 'claim no more stages of a sweep; those that run end')
    .addHelpText('after', examples('pause 3f2a9c01b7de', 'pause quickstart', 'pause 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/steer.js')).pause));

  steering('resume', 'let a paused sweep go on')
    .addHelpText('after', examples('resume 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/steer.js')).resume));

  steering('stop', 'let a sweep end with the cells that run; the rest is cancelled, finished stages are kept')
    .addHelpText('after', examples('stop 3f2a9c01b7de', 'stop 3f2a9c01b7de && elucidate watch 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/steer.js')).stop));

  steering('cancel', 'cancel a sweep, and the stages that run for it alone; finished stages are kept')
    .addHelpText('after', examples('cancel 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/steer.js')).cancel));

  steering('retry', 'run the stages of a sweep again that failed or were cancelled, with fresh attempts')
    .option('--failed', 'only those that failed, of a sweep that was not cancelled')
    .option('--stage <id>', 'only this failed stage, with what failed because of it; an id or its first 8 or more digits; repeatable', stageIds, [] as string[])
    .addHelpText('after', examples('retry 3f2a9c01b7de', 'retry 3f2a9c01b7de --failed', 'retry 3f2a9c01b7de --stage c0bfad87'))
    .action(lazily(async () => (await import('../commands/steer.js')).retry));

  const setting = (name: string, value: Argument, description: string): Command =>
    program.command(name).addArgument(sweep()).addArgument(value).description(description).addOption(api()).addOption(local()).addOption(json());

  setting('priority', new Argument('<n>', 'from -1000 to 1000, 0 at first').argParser(wholeNumber(-1000, 1000)), "which of its owner's sweeps go first: the higher, whenever a slot becomes free")
    .addHelpText('after', examples('priority 3f2a9c01b7de 10', 'priority 3f2a9c01b7de -5', 'priority 3f2a9c01b7de 10 --json'))
    .action(lazily(async () => (await import('../commands/precedence.js')).priority));

  setting('weight', new Argument('<n>', 'more than 0, 1 at first').argParser(numberBetween(0.001, 1000)), "a sweep's share, relative to those of its owner's sweeps of the same priority")
    .addHelpText('after', examples('weight 3f2a9c01b7de 3', 'weight 3f2a9c01b7de 0.5 --json'))
    .action(lazily(async () => (await import('../commands/precedence.js')).weight));

  setting('concurrency', new Argument('<n>', '1 or more, or "none"').argParser(limit), 'how many stages of a sweep run at once, over all workers, at most')
    .addHelpText('after', examples('concurrency 3f2a9c01b7de 4', 'concurrency 3f2a9c01b7de none'))
    .action(lazily(async () => (await import('../commands/precedence.js')).concurrency));
}

const limit = (text: string): number | null => (text === 'none' ? null : wholeNumber(1, 1_000_000)(text));

function stageIds(text: string, before: string[]): string[] {
  if (!/^[0-9a-f]{8,64}$/.test(text)) throw new InvalidArgumentError(`expected a stage's id or the first 8 or more digits of it, not ${JSON.stringify(text)}.`);
  return [...before, text];
}
