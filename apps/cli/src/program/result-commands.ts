import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ablationNamesText, isAblationName } from '@elucidate/experiment/ablations';
import { api, collect, examples, format, json, lazily, local } from './options.js';

/** watch, status, leaderboard, table, cancel, retry: what begins with a sweep that was submitted. */
export function resultCommands(program: Command): void {
  program.command('watch [sweep]').description('follow a sweep (the newest unless named) to its end, then print its tables')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('watch', 'watch 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/watch.js')).watch));

  program.command('status [sweep]').description('all sweeps, or one with its stages by kind')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('status', 'status 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/status.js')).status));

  program.command('leaderboard [sweep]').description('FID and KID per configuration of a sweep, the newest unless named')
    .addOption(format()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('leaderboard', 'leaderboard 3f2a9c01b7de --format csv > board.csv'))
    .action(lazily(async () => (await import('../commands/leaderboard.js')).leaderboard));

  program.command('table').description('an ablation table of a sweep, as the papers print them')
    .addArgument(new Argument('<name>', ablationNamesText).argParser(oneOfTables)).argument('[sweep]', 'the newest unless named')
    .addOption(format()).addOption(new Option('--metric <metric>', 'what its entries are').choices(['fid', 'kid']).default('fid'))
    .option('--hold <parameter:label>', 'what to hold a parameter at, as the caption words it; may stand several times', collect, [] as string[])
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('table noise-schedule', 'table sampler --metric kid --format latex', 'table discretisation-by-sampler', 'table noise-schedule --hold sampler:heun --hold steps:10'))
    .action(lazily(async () => (await import('../commands/table.js')).table));

  program.command('cancel <sweep>').description('cancel a sweep; what is done stays')
    .addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('cancel 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/cancel.js')).cancel));

  program.command('retry <sweep>').description("try a sweep's failed stages again")
    .addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('retry 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/cancel.js')).retry));
}

function oneOfTables(text: string): string {
  if (!isAblationName(text)) throw new InvalidArgumentError(`expected ${ablationNamesText}.`);
  return text;
}
