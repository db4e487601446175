import { durationMs, durationText } from '@elucidate/shell/duration';
import { json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { api, lazily, local, sweep } from './options.js';

/** backup, restore, delete, prune: commands that concern what is stored: in DATABASE_URL or the database of this folder, or what an API has. */
export function storageCommands(program: Command): void {
  program.command('backup <folder>').description('copy the database, as it is at one moment, and its artifacts into a new folder; work may go on meanwhile')
    .option('--no-artifacts', 'leave out the artifacts: what is needed of them can be computed again').addOption(json())
    .addHelpText('after', examples('backup /mnt/backups/2026-11-27', 'backup ~/backup --no-artifacts', 'backup ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).backup));

  program.command('restore <folder>').description('fill an empty database from a back-up, and put back its artifacts').addOption(json())
    .addHelpText('after', examples('restore /mnt/backups/2026-11-27   # into the database of this folder, or DATABASE_URL', 'restore ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).restore));

  program.command('delete').addArgument(sweep()).description('delete a sweep that has ended, with its results, and the stages that no other sweep has; asks first')
    .option('--yes', 'do not ask').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('delete 3f2a9c01d4e7', 'delete 3f2a9c01d4e7 --yes --json', 'delete 3f2a9c01d4e7 --api http://gpu-head:3210'))
    .action(lazily(async () => (await import('../commands/delete.js')).deleteStored));

  program.command('prune').description('remove old events and logs, checkpoints and unpacked programs that are not needed, artifacts that nothing refers to, and old stages that no sweep has; without --yes, only count them')
    .option('--yes', 'remove them').addOption(new Option('--older-than <time>', 'keep what is younger, such as 12h or 30d').argParser(duration).default(duration('30d'), '30d'))
    .addOption(api('let this API prune, with a key of the scope admin (default: ELUCIDATE_API, else the database of this folder)')).addOption(json())
    .addHelpText('after', examples('prune', 'prune --older-than 7d --yes', 'prune --json', 'prune --api http://gpu-head:3210'))
    .action(lazily(async () => (await import('../commands/prune.js')).pruneStore));
}

/** "12h" in ms. */
function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError(`expected ${durationText}, not ${JSON.stringify(text)}.`);
  return ms;
}
