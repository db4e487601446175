import { type Command, Option } from 'commander';
import { collect, json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { api, lazily } from './options.js';

/** program check, add, list, remove: networks of one's own, in any framework. */
export function programCommands(elucidate: Command): void {
  const program = elucidate.command('program').description('networks of your own: programs that train and sample in any framework (docs/programs.md)')
    .addHelpText('after', examples('program check my-network', 'program add my-network', 'program add my-network -- python3 train.py --bf16', 'program list'));

  program.command('check <folder> [command...]').description('run a program on a few random images, as a sweep would, and say what is wrong')
    .option('--large', 'allow files of gigabytes: weights that belong to the program')
    .addOption(new Option('--resolution <pixels>', 'side of the images').choices(['16', '32', '64']).default('32'))
    .addOption(new Option('--setting <name=value>', 'one of the settings that a sweep would give it; repeatable').argParser(collect).default([] as string[], 'none'))
    .option('--extractor', 'it is an extractor of features, not a network')
    .option('--keep <folder>', 'leave the tasks and what the program wrote there')
    .addOption(json())
    .addHelpText('after', `
It trains three steps, samples with three samplers, looks whether the same seed gives the same images, tries per-sample
normalisation, flips, classes and guidance, and stops a training. Of an extractor it looks whether the features of an image are the same every time
and whatever other images are beside it. Exit code 1 if something is wrong.
`)
    .addHelpText('after', examples('program check my-network', 'program check my-network -- python3 train.py --bf16', 'program check my-network --setting width=64 --keep /tmp/tasks', 'program check my-extractor --extractor'))
    .action(lazily(async () => (await import('../commands/program-check.js')).checkProgramFolder));

  program.command('add <folder> [command...]').description('store the files of a program, without those that .gitignore names, and print the line for a sweep file')
    .option('--large', 'allow files of gigabytes: weights that belong to the program')
    .addOption(api('address of the API to add it to (default: ELUCIDATE_API, else one on http://127.0.0.1:3210, else the database of this folder)'))
    .addOption(new Option('--local', 'add it to the database of this folder, for `elucidate run --local`, even if an API answers')).addOption(json())
    .addHelpText('after', `
The command follows \`--\`; without one it is python3 or node with the folder's train, main or program file.
A folder with symbolic links, very large files or what looks like a secret is refused, with a list of them.
`)
    .addHelpText('after', examples('program add my-network', 'program add my-network -- python3 train.py --bf16', 'program add my-network --local --json'))
    .action(lazily(async () => (await import('../commands/program-add.js')).addProgram));

  const where = () => [api('address of the API that has them (default: ELUCIDATE_API, else one on http://127.0.0.1:3210, else the database of this folder)'), new Option('--local', 'those in the database of this folder, even if an API answers')] as const;
  const list = program.command('list').description('list the programs that you have added, or everybody has for a key of scope admin, and how many sweeps name each').addOption(json())
    .addHelpText('after', examples('program list', 'program list --json', 'program list --api http://gpu-head:3210'))
    .action(lazily(async () => (await import('../commands/programs.js')).listStoredPrograms));
  const remove = program.command('remove <contents>').description('forget a program that no sweep names, by its hash or at least the first four digits of it').addOption(json())
    .addHelpText('after', examples('program remove 3f1c', 'program remove 3f1c9a02 --json'))
    .action(lazily(async () => (await import('../commands/programs.js')).removeStoredProgram));
  for (const command of [list, remove]) for (const option of where()) command.addOption(option);
}
