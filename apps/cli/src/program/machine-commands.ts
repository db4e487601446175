import { backendChoices } from '@elucidate/engine/backend';
import { argumentsOf, workerCommand } from '@elucidate/runtime/worker-command';
import { backend, collect, json, threads, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { lazily } from './options.js';

/** worker, api, doctor, bundle, dataset, extractor: commands that concern this machine. */
export function machineCommands(program: Command): void {
  program.addCommand(workerCommand('worker').action(async (_flags, command: Command) => (await import('../commands/foreground.js')).worker(argumentsOf(command))));

  program.command('api').description('serve the HTTP API, over DATABASE_URL or the database of this folder')
    .option('--open', 'let anyone who can reach it, also from other machines, do everything without a key (as ELUCIDATE_OPEN=1)')
    .option('--programs', 'let requests without a key submit networks that are programs, which run on the workers (as ELUCIDATE_PROGRAMS=1)')
    .option('--host <address>', 'address to listen on (default: HOST, else 127.0.0.1)')
    .addOption(new Option('--port <port>', 'port to listen on, 0 for a free one (default: PORT, else 3210)').argParser(wholeNumber(0, 65_535)))
    .addHelpText('after', examples('api', 'api --port 4000', 'api   # DATABASE_URL, REDIS_URL, HOST, PORT, ... in the environment: see docs/api.md', 'api --open'))
    .action(lazily(async () => (await import('../commands/foreground.js')).api));

  program.command('doctor').description('check what this machine offers and lacks, and how its cores are divided between stages')
    .option('--calibrate', 'measure which division of the cores trains fastest (takes seconds) and store it for workers and runs on this machine')
    .addOption(new Option('--profile [network]', 'time the kernels of a training run and list those that fell back to JavaScript').choices(['tiny', 'small', 'base', 'large']).preset('small'))
    .addOption(new Option('--batch <n>', 'images in a batch of --profile (default: 64)').argParser(wholeNumber(1, 4096)))
    .addOption(new Option('--dataset <name>', 'what --profile trains on (default: random images, which take the same time)').choices(['fashion-mnist', 'mnist']))
    .addOption(threads()).addOption(backend(backendChoices)).addOption(json())
    .addHelpText('after', examples('doctor', 'doctor --calibrate', 'doctor --profile base --backend wasm', 'doctor --profile large --batch 16 --dataset mnist', 'doctor --json'))
    .action(lazily(async () => (await import('../commands/doctor.js')).doctor));

  program.command('bundle [file]').description('write one archive that runs on machines without Node, npm or a network (default: elucidate-PLATFORM.tar.gz)')
    .addOption(new Option('--platform <name>', 'of those machines; the same as of this one').choices(['linux-x64', 'linux-arm64']).default(`${process.platform}-${process.arch}`))
    .addOption(new Option('--with <parts>', 'comma-separated: webgpu, postgres, fashion-mnist, mnist, or the `contents` of an imported folder').argParser((text) => text.split(',')).default([], 'none'))
    .addOption(new Option('--node <path>', 'the Node to take along').default(process.execPath, 'the one that runs this'))
    .addOption(new Option('--library <file>', 'a shared library to take along, used before those there, such as libvulkan.so.1; repeatable').argParser(collect).default([] as string[], 'none')).addOption(json())
    .addHelpText('after', examples('bundle --with postgres,mnist', 'bundle gpu.tar.gz --platform linux-x64 --with webgpu,postgres,fashion-mnist --library /usr/lib/x86_64-linux-gnu/libvulkan.so.1', 'bundle --json'))
    .action(lazily(async () => (await import('../commands/bundle.js')).bundle));

  datasetCommands(program.command('dataset').description('import your own data sets').addHelpText('after', examples('dataset add ~/pictures')));
  extractorCommands(program.command('extractor').description('train the classifiers whose features FID and KID use').addHelpText('after', examples('extractor train')));
}

function datasetCommands(dataset: Command): void {
  dataset.command('add <folder>').description('import a folder of PNG and JPEG files, nested or not, and print the `dataset` block for a sweep file')
    .addOption(new Option('--resolution <pixels>', 'size to prepare; sweeps may use others').argParser(imageSize).default(32))
    .addOption(new Option('--channels <n>', '1 for grey, 3 for colour').choices(['1', '3']).default('3')).addOption(json())
    .addHelpText('after', examples('dataset add ~/pictures', 'dataset add ~/pictures --resolution 64 --channels 1', 'dataset add ~/pictures --json'))
    .action(async (folder: string, { channels, ...options }: { channels: string; resolution: number; json?: boolean }) =>
      (await import('../commands/dataset.js')).addDataset(folder, { ...options, channels: channels === '1' ? 1 : 3 }));
}

function extractorCommands(extractor: Command): void {
  extractor.command('train').description('retrain the standard extractor by its recipe and compare it with the shipped one')
    .addOption(new Option('--epochs <n>', 'stop after this many epochs (default: those of the recipe)').argParser(wholeNumber(1, 100)))
    .addOption(backend(backendChoices, 'wasm')).addOption(json())
    .addHelpText('after', examples('extractor train', 'extractor train --epochs 1 --json'))
    .action(lazily(async () => (await import('../commands/extractor.js')).trainExtractor));
}

function imageSize(text: string): number {
  const value = wholeNumber(8, 256)(text);
  if (value % 8 !== 0) throw new InvalidArgumentError('expected a multiple of 8.');
  return value;
}
