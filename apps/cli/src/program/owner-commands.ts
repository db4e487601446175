import { Argument, type Command } from 'commander';
import { json, numberBetween } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { lazily } from './options.js';

/** owner list, weight: shares of owners. They work on the database, DATABASE_URL or that of this folder. */
export function ownerCommands(program: Command): void {
  const owner = program.command('owner').description('list the owners of sweeps, and change their shares, in DATABASE_URL or the database of this folder')
    .addHelpText('after', examples('owner list', 'owner weight ann 2'));

  owner.command('list').description('list everybody who has a sweep or a key, with their weights').addOption(json())
    .addHelpText('after', examples('owner list', 'owner list --json'))
    .action(lazily(async () => (await import('../commands/owner.js')).listOwners));

  owner.command('weight <name>').addArgument(new Argument('<n>', 'more than 0, 1 at first').argParser(numberBetween(0.001, 1000)))
    .description("an owner's share of free slots, relative to other owners', while all of them have work").addOption(json())
    .addHelpText('after', examples('owner weight ann 2', 'owner weight nightly 0.25'))
    .action(lazily(async () => (await import('../commands/owner.js')).weighOwner));
}
