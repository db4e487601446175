import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { backendNames, type BackendName } from '@elucidate/engine/backend';
import { exitCodesText } from '@elucidate/shell/exit';
import { listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { workloadNetworks, type Workload } from '@elucidate/training/throughput';
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface Options {
  /** Undefined: all that are available. */
  backends: BackendName[] | undefined;
  threads: number[];
  workload: Workload;
  rounds: number;
  torch: boolean;
  json: string | undefined;
}

const examples = `
Examples:
  $ npm run bench:engine
  $ npm run bench:engine -- --network tiny --rounds 1                     # a quick check
  $ npm run bench:engine -- --backend simd,wasm --threads 1 --network small
  $ npm run bench:engine -- --backend webgpu --threads 1 --network large  # a GPU, with PyTorch on the same GPU
  $ npm run bench:engine -- --rounds 9 --json bench.json > table.md

The table goes to standard output as Markdown, progress to standard error. Nothing else should run on the machine meanwhile.`;

const program = (): Command => createProgram('npm run bench:engine --', import.meta.url).description('Measures how fast each engine of this machine trains and samples.')
  .addOption(new Option('--backend <list>', `engines to measure, comma-separated: ${backendNames.join(', ')} (default: all available but cpu)`).argParser(listOf(backendNames)))
  .addOption(new Option('--threads <list>', 'numbers of threads to measure each with').argParser((text) => text.split(',').map(wholeNumber(1, 1024))).default([...new Set([1, availableParallelism()])], '1 and all cores'))
  .addOption(new Option('--network <name>', 'network to train').choices([...workloadNetworks]).default('base'))
  .addOption(new Option('--batch <n>', 'images in a batch').argParser(wholeNumber(1, 4096)).default(64))
  .addOption(new Option('--rounds <n>', 'rounds; in each, every engine is measured once in a process of its own').argParser(wholeNumber(1, 1000)).default(5))
  .addOption(new Option('--no-torch', 'skip PyTorch, which engines are compared with if Python has it'))
  .addOption(new Option('--json <file>', 'write all numbers to a file, after each round those so far').argParser(writable))
  .addHelpText('after', `${examples}\n${exitCodesText}`);

/** Reads the command line. Throws CommanderError, after printing what is wrong, or the help if requested. */
export function parseOptions(args: readonly string[]): Options {
  const { backend, threads, network, batch, rounds, torch, json } = program().parse([...args], { from: 'user' })
    .opts<Pick<Options, 'threads' | 'rounds' | 'torch'> & Pick<Workload, 'network' | 'batch'> & { backend?: BackendName[]; json?: string }>();
  return { backends: backend, threads, workload: { network, batch, resolution: 32 }, rounds, torch, json };
}

function writable(file: string): string {
  const path = resolve(file);
  if (!existsSync(dirname(path))) throw new InvalidArgumentError(`there is no folder ${dirname(path)}.`);
  // a new file takes its place after each round
  if (existsSync(path) && !statSync(path).isFile()) throw new InvalidArgumentError(`${path} is not a file.`);
  return path;
}
