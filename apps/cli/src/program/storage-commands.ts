import { json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { lazily } from './options.js';

/** backup, restore, delete, prune: commands that concern what is stored. They use DATABASE_URL, or the database of this folder. */
export function storageCommands(program: Command): void {
  program.command('backup <folder>').description('copy the database, as it is at one moment, and its artifacts into a new folder; work may go on meanwhile')
    .option('--no-artifacts', 'leave out the artifacts: what is needed of them can be computed again').addOption(json())
    .addHelpText('after', examples('backup /mnt/backups/2026-11-27', 'backup ~/backup --no-artifacts', 'backup ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).backup));

  program.command('restore <folder>').description('fill an empty database from a back-up, and put back its artifacts').addOption(json())
    .addHelpText('after', examples('restore /mnt/backups/2026-11-27   # into the database of this folder, or DATABASE_URL', 'restore ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).restore));

  program.command('delete <sweep>').description('delete a sweep that has ended, and the stages that no other sweep has').addOption(json())
    .addHelpText('after', examples('delete 3f2a9c01d4e7', 'delete 3f2a9c01d4e7 --json'))
    .action(lazily(async () => (await import('../commands/prune.js')).deleteStored));

  program.command('prune').description('remove old events and logs, checkpoints that are not needed, and artifacts that nothing refers to; without --yes, only list them')
    .option('--yes', 'remove them').addOption(new Option('--older-than <time>', 'keep what is younger, such as 12h or 30d').argParser(duration).default(duration('30d'), '30d')).addOption(json())
    .addHelpText('after', examples('prune', 'prune --older-than 7d --yes', 'prune --json'))
    .action(lazily(async () => (await import('../commands/prune.js')).pruneStore));
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** "12h" in ms. */
function duration(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (units[unit ?? ''] ?? NaN);
  if (!Number.isFinite(ms)) throw new InvalidArgumentError(`expected a number and one of m, h, d, w, such as 12h or 30d, not ${JSON.stringify(text)}.`);
  return ms;
}
