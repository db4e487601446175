import { type Command, Option } from 'commander';
import { json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { scopes } from '@elucidate/store/principal';
import { lazily } from './options.js';

/** key create, list, revoke: who may use the API. They work on the database, DATABASE_URL or that of this folder. */
export function keyCommands(program: Command): void {
  const key = program.command('key').description('make, list and revoke the keys of the API on DATABASE_URL or the database of this folder')
    .addHelpText('after', examples('key create --owner ann', 'key create --owner nightly --scope read --note "the wall display"', 'key list', 'key revoke 1f0c77a2'));

  key.command('create').description('make a key and print it, once; its owner sees and steers their own sweeps')
    .requiredOption('--owner <name>', 'whose sweeps it submits, sees and steers')
    .addOption(new Option('--scope <scope>', 'read results; submit and steer sweeps too; programs: also with networks that are programs, which run on the workers; or admin: all of that for every owner').choices([...scopes]).default('submit'))
    .option('--note <text>', 'what it is for').addOption(json())
    .addHelpText('after', examples('key create --owner ann', 'key create --owner ops --scope admin'))
    .action(lazily(async () => (await import('../commands/key.js')).createKey));

  key.command('list').description('list the keys, without the secret part').addOption(json())
    .addHelpText('after', examples('key list', 'key list --json'))
    .action(lazily(async () => (await import('../commands/key.js')).listKeys));

  key.command('revoke <id>').description('refuse requests with this key from now on').addOption(json())
    .addHelpText('after', examples('key revoke 1f0c77a2'))
    .action(lazily(async () => (await import('../commands/key.js')).revokeKey));
}
