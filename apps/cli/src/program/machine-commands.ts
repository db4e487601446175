import { type Command, InvalidArgumentError, Option } from 'commander';
import { backendChoices } from '@elucidate/engine/backend';
import { backend, examples, json, lazily, threads, wholeNumber } from './options.js';

/** worker, api, doctor, dataset, extractor: what is about this machine. */
export function machineCommands(program: Command): void {
  program.command('worker').description('take stages from the queue and run them; `elucidate worker --help` tells its options')
    .allowUnknownOption().helpOption(false).argument('[args...]')
    .action(async (args: string[]) => (await import('../commands/foreground.js')).worker(args));

  program.command('api').description("serve the HTTP API on HOST and PORT, over DATABASE_URL or this folder's own database")
    .addHelpText('after', examples('api', 'api   # with DATABASE_URL, REDIS_URL, HOST, PORT in the environment: docs/operations.md'))
    .action(async () => (await import('../commands/foreground.js')).api());

  program.command('doctor').description('what this machine has for elucidate, what it lacks, and how its cores are divided between stages')
    .option('--calibrate', 'measure which division of the cores trains fastest, in some seconds, and keep it for workers and runs here')
    .addOption(new Option('--profile [network]', 'which kernels a training spends its time in, and which fell back to JavaScript').choices(['tiny', 'small', 'base', 'large']).preset('small'))
    .addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('doctor', 'doctor --calibrate', 'doctor --profile base --backend wasm', 'doctor --json'))
    .action(lazily(async () => (await import('../commands/doctor.js')).doctor));

  datasetCommands(program.command('dataset').description('data sets of your own'));
  extractorCommands(program.command('extractor').description('the classifiers whose features FID and KID use'));
}

function datasetCommands(dataset: Command): void {
  dataset.command('add <folder>').description('import a folder of PNG and JPEG files, nested or not, and print how a sweep names it')
    .addOption(new Option('--resolution <pixels>', 'size to have ready; sweeps may ask for others').argParser(imageSize).default(32))
    .addOption(new Option('--channels <n>', '1 for grey, 3 for colour').choices(['1', '3']).default('3')).addOption(json())
    .addHelpText('after', examples('dataset add ~/pictures', 'dataset add ~/pictures --resolution 64 --channels 1', 'dataset add ~/pictures --json'))
    .action(async (folder: string, { channels, ...options }: { channels: string; resolution: number; json?: boolean }) =>
      (await import('../commands/dataset.js')).addDataset(folder, { ...options, channels: channels === '1' ? 1 : 3 }));
}

function extractorCommands(extractor: Command): void {
  extractor.command('train').description('train the standard extractor again by its recipe and compare it with the one that ships')
    .addOption(new Option('--epochs <n>', 'fewer than the recipe has, for a quick look').argParser(wholeNumber(1, 100)))
    .addOption(new Option('--backend <name>', 'engine to compute with; the standard one was made on the default').choices([...backendChoices]).default('wasm')).addOption(json())
    .addHelpText('after', examples('extractor train', 'extractor train --epochs 1 --json'))
    .action(lazily(async () => (await import('../commands/extractor.js')).trainExtractor));
}

function imageSize(text: string): number {
  const value = wholeNumber(8, 256)(text);
  if (value % 8 !== 0) throw new InvalidArgumentError('expected a multiple of 8.');
  return value;
}
