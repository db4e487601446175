import { json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import type { Command } from 'commander';
import { lazily } from './options.js';

/** backup, restore: commands that concern what is stored. They use DATABASE_URL, or the database of this folder. */
export function storageCommands(program: Command): void {
  program.command('backup <folder>').description('copy the database, as it is at one moment, and its artifacts into a new folder; work may go on meanwhile')
    .option('--no-artifacts', 'leave out the artifacts: what is needed of them can be computed again').addOption(json())
    .addHelpText('after', examples('backup /mnt/backups/2026-11-27', 'backup ~/backup --no-artifacts', 'backup ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).backup));

  program.command('restore <folder>').description('fill an empty database from a back-up, and put back its artifacts').addOption(json())
    .addHelpText('after', examples('restore /mnt/backups/2026-11-27   # into the database of this folder, or DATABASE_URL', 'restore ~/backup --json'))
    .action(lazily(async () => (await import('../commands/backup.js')).restore));
}
