import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEngine } from '@elucidate/engine/start';
import { computeNothing } from '@elucidate/engine/webgpu-adapter';
import type { NetworkName } from '@elucidate/experiment/design';
import { reportError } from '@elucidate/shell/exit';
import { json, listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { timeDenoising, timeTraining, type Timing } from '@elucidate/training/throughput';
import { type Command, Option } from 'commander';
import { type GpuCalls, gpuCallsOf } from './gpu-calls.js';

/** `npm run bench:webgpu-overhead`: what JavaScript and Dawn cost in a training step and a denoiser call where no GPU computes anything. */

const networks = ['tiny', 'base', 'large', 'lesson'] as const satisfies readonly NetworkName[];
type Name = (typeof networks)[number];

const examples = `
Examples:
  $ npm run bench:webgpu-overhead
  $ npm run bench:webgpu-overhead -- --network lesson --steps 200 --json

Milliseconds are medians of CPU time, longer where other processes use the same cores. A call's arithmetic costs nothing here, so the batch is small.`;

const program = (): Command => createProgram('npm run bench:webgpu-overhead --', import.meta.url)
  .description("Measures what a training step and a denoiser call cost on WebGPU without a GPU, on Dawn's null backend, which accepts commands and computes nothing.")
  .addOption(new Option('--network <list>', `networks, comma-separated: ${networks.join(', ')}`).argParser(listOf(networks)).default([...networks], 'all'))
  .addOption(new Option('--batch <n>', 'images in a batch').argParser(wholeNumber(1, 4096)).default(2))
  .addOption(new Option('--steps <n>', 'steps and calls to measure').argParser(wholeNumber(1, 100_000)).default(50))
  .addOption(json())
  .addOption(new Option('--here <what>').choices(['train', 'denoise']).hideHelp())
  .addHelpText('after', examples);

/** Training compiles programs and fills its caches in the first steps. */
const warmUp = 10;
/** Steps whose calls are counted. */
const countedSteps = 5;

interface Cost extends GpuCalls {
  ms: number;
}

interface Settings {
  batch: number;
  steps: number;
}

const timers = { train: timeTraining, denoise: timeDenoising };
type Task = keyof typeof timers;

/** CPU milliseconds and calls of one step, once everything is warm: the calls of a run with more steps less those of one with fewer. */
async function costHere(task: Task, network: Name, { batch, steps }: Settings): Promise<Cost> {
  computeNothing();
  await startEngine({ backend: 'webgpu' });
  const run = (count: number): Promise<Timing[]> => timers[task]({ network, batch, resolution: 32 }, { warmUp, steps: count });
  const cpu = (await run(steps)).map((time) => 1000 * time.cpu).sort((a, b) => a - b);
  const [more, fewer] = [await gpuCallsOf(() => run(countedSteps)), await gpuCallsOf(() => run(0))];
  const each = Object.fromEntries(Object.entries(more).map(([name, count]) => [name, (count - fewer[name as keyof GpuCalls]) / countedSteps])) as unknown as GpuCalls;
  return { ms: cpu[Math.floor(cpu.length / 2)]!, ...each };
}

/** The same in a process of its own; undefined where it needs more than the 512 MB of memory that the null backend has. */
async function costOf(task: Task, network: Name, { batch, steps }: Settings): Promise<Cost | undefined> {
  const args = ['--network', network, '--batch', String(batch), '--steps', String(steps), '--here', task];
  try {
    return JSON.parse((await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), ...args])).stdout) as Cost;
  } catch (error) {
    if (error instanceof Error && /out of memory/i.test(error.message)) return undefined;
    throw error;
  }
}

type Costs = Partial<Record<Name, Record<Task, Cost | undefined>>>;

function markdown(costs: Costs): string {
  const row = (network: string, what: string, cost: Cost | undefined) => `| ${network} | ${what} | ${cost ? numbers(cost) : 'needs more than 512 MB'} |`;
  const numbers = ({ ms, programs, bindGroups, writes, submits, copies, buffersCreated, bytesRead }: Cost) =>
    [ms.toFixed(2), programs, bindGroups, writes, submits, copies, buffersCreated, bytesRead].join(' | ');
  return [
    '| network | | CPU ms | programs | bind groups | writes | submits | copies | buffers created | bytes read |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...Object.entries(costs).flatMap(([network, { train, denoise }]) => [row(network, 'training step', train), row('', 'denoiser call', denoise)]),
  ].join('\n');
}

async function main(): Promise<void> {
  const { network, json: asJson, here, ...settings } = program().parse().opts<Settings & { network: Name[]; json?: boolean; here?: Task }>();
  if (here) return console.log(JSON.stringify(await costHere(here, network[0]!, settings)));
  const costs: Costs = {};
  for (const name of network) costs[name] = { train: await costOf('train', name, settings), denoise: await costOf('denoise', name, settings) };
  if (!asJson) return console.log(`Null backend, batch ${settings.batch} of 32x32x1, medians of ${settings.steps}; load ${loadavg()[0]!.toFixed(1)}.\n\n${markdown(costs)}`);
  console.log(JSON.stringify(Object.fromEntries(Object.entries(costs).map(([name, { train, denoise }]) => [name, { trainMs: train?.ms, denoiseMs: denoise?.ms, train, denoise }]))));
}

// Dawn keeps the process alive
main().then(() => process.exit(), (error: unknown) => process.exit(reportError(error)));
