import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backendNames, type BackendName } from '@elucidate/engine/backend';
import { ElucidateError } from '@elucidate/experiment/errors';
import { workloadNetworks, type Workload } from '@elucidate/training/throughput';

export const help = `npm run bench:engine - how fast each engine of this machine trains and samples

  npm run bench:engine -- [options]

  --backend A,B     engines to measure           [all that are here, without cpu]
  --threads 1,2     threads to measure each with [1 and all cores: ${[...new Set([1, availableParallelism()])].join(',')}]
  --network NAME    ${workloadNetworks.join(', ')}            [base]
  --batch N         images in a batch            [64]
  --rounds N        rounds, in each of which every engine has its turn in a process of its own [5]
  --no-torch        leave PyTorch out, which each engine is compared with where Python has it
  --json FILE       write all numbers to a file
  --help            this text

Examples
  npm run bench:engine
  npm run bench:engine -- --network tiny --rounds 1                   # does it work?
  npm run bench:engine -- --backend simd,wasm --threads 1 --network small
  npm run bench:engine -- --backend webgpu --threads 1 --network large     # a GPU, PyTorch on it beside
  npm run bench:engine -- --rounds 9 --json bench.json > table.md

The table goes to standard output as Markdown, progress to standard error. The machine should do nothing else meanwhile.
Exit codes: 0 done, 1 an engine failed, 2 bad option, 3 an engine named is not here, 130 interrupted.`;

export interface Options {
  /** Undefined: all that are here. */
  backends: BackendName[] | undefined;
  threads: number[];
  workload: Workload;
  rounds: number;
  torch: boolean;
  json: string | undefined;
  help: boolean;
}

/** Reads the command line. Throws 'request.invalid' naming the option, the value and what may stand there. */
export function parseOptions(args: readonly string[]): Options {
  const { backend, threads, network, batch, rounds, torch, json, help } = read(args);
  return {
    backends: backend?.split(',').map((name) => oneOf('backend', name, backendNames)),
    threads: threads === undefined ? [...new Set([1, availableParallelism()])] : threads.split(',').map((text) => count('threads', text, 1024)),
    workload: { network: oneOf('network', network, workloadNetworks), batch: count('batch', batch, 4096), resolution: 32 },
    rounds: count('rounds', rounds, 1000),
    torch,
    json: json === undefined ? undefined : writable(json),
    help,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        backend: { type: 'string' }, threads: { type: 'string' }, network: { type: 'string', default: 'base' }, batch: { type: 'string', default: '64' }, rounds: { type: 'string', default: '5' },
        torch: { type: 'boolean', default: true }, json: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    throw new ElucidateError('request.invalid', `${(cause as Error).message}. See npm run bench:engine -- --help.`, { cause });
  }
}

function oneOf<T extends string>(option: string, text: string, names: readonly T[]): T {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new ElucidateError('request.invalid', `--${option} ${JSON.stringify(text)} is not one of ${names.join(', ')}`);
  return found;
}

function count(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new ElucidateError('request.invalid', `--${option} ${JSON.stringify(text)} is not a whole number from 1 to ${most}`);
  return value;
}

function writable(file: string): string {
  const path = resolve(file);
  if (!existsSync(dirname(path))) throw new ElucidateError('request.invalid', `--json ${file}: there is no folder ${dirname(path)}`);
  return path;
}
