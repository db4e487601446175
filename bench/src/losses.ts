import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { backendNames, type BackendName, deviceBackends } from '@elucidate/engine/backend';
import { probeEngines, startEngine } from '@elucidate/engine/start';
import { planSweep } from '@elucidate/experiment/plan';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { reportError } from '@elucidate/shell/exit';
import { listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import type { TrainParams } from '@elucidate/training/build';
import { readIdxSet } from '@elucidate/training/datasets/idx-sets';
import { resolveIdxSet } from '@elucidate/training/datasets/resolve';
import { train } from '@elucidate/training/loop';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { type Command, Option } from 'commander';

/** `npm run bench:losses`: whether the engines of this machine reach the same losses. Trains one network of the quickstart from several seeds on each. */

const quickstart = fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url));
/** Fraction of the steps, counted from the end, whose mean is the loss of a training run. */
const lastShare = 0.1;

async function paramsOfSeed(seed: number): Promise<TrainParams> {
  const { stages } = planSweep(parseSpec(await readFile(quickstart, 'utf8')));
  return { ...(stages.find(({ kind }) => kind === 'train')!.params as TrainParams), seed };
}

/** The losses of one engine, in this process. */
async function lossesHere(backend: BackendName, { seeds, home }: { seeds: number; home: string }): Promise<number[]> {
  await startEngine({ backend });
  const first = await paramsOfSeed(1);
  const folder = await resolveIdxSet('fashion-mnist', { home, log: () => {} });
  const images = await readIdxSet(folder, { name: 'fashion-mnist', split: 'train', resolution: first.dataset.resolution as 16 });
  const found: number[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const params = await paramsOfSeed(seed);
    const { losses } = await train(params, { images, sigmaData: sigmaDataOf(params, images) });
    const last = losses.slice(-Math.ceil(losses.length * lastShare));
    found.push(mean(last));
    process.stderr.write(`${backend}, seed ${seed}: ${mean(last).toFixed(5)}\n`);
  }
  return found;
}

/** The same in a separate process: a process can start an engine only once. */
function lossesApart(backend: BackendName, args: readonly string[]): Promise<number[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args, '--here', backend], { stdio: ['ignore', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve, reject) => child.on('close', (code) => (code === 0 ? resolve(JSON.parse(Buffer.concat(parts).toString()) as number[]) : reject(new Error(`${backend} ended with ${code}`)))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function stddev(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

function tableOf(found: ReadonlyMap<BackendName, number[]>): string {
  const [[, first]] = [...found] as [[BackendName, number[]]];
  const rows = [...found].map(([backend, losses]) => {
    const furthest = Math.max(...losses.map((loss, i) => Math.abs(loss - first[i]!)));
    return `| ${backend} | ${losses.map((loss) => loss.toFixed(5)).join(' | ')} | ${mean(losses).toFixed(5)} ± ${stddev(losses).toFixed(5)} | ${furthest.toExponential(1)} |`;
  });
  const header = ['engine', ...first.map((_, i) => `seed ${i + 1}`), 'mean ± standard deviation over seeds', `furthest from ${[...found.keys()][0]} at one seed`];
  return [`| ${header.join(' | ')} |`, `| ${header.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`, ...rows].join('\n');
}

const examples = `
Examples:
  $ npm run bench:losses
  $ npm run bench:losses -- --backend simd,native --seeds 5`;

const program = (): Command => createProgram('npm run bench:losses --', import.meta.url)
  .description('Trains a network of the quickstart from several seeds on every CPU engine of this machine and compares the losses they end with.')
  .addOption(new Option('--backend <list>', `engines to train on, comma-separated: ${backendNames.join(', ')} (default: every available CPU engine except cpu)`).argParser(listOf(backendNames)))
  .addOption(new Option('--seeds <n>', 'seeds for each engine').argParser(wholeNumber(1, 1000)).default(3))
  .addOption(new Option('--home <dir>', 'where data sets are unpacked').default(process.env['ELUCIDATE_HOME'] ?? '.elucidate', 'ELUCIDATE_HOME or .elucidate'))
  .addOption(new Option('--here <name>').choices([...backendNames]).hideHelp())
  .addHelpText('after', examples);

async function main(): Promise<void> {
  const { backend, here, ...settings } = program().parse().opts<{ backend?: BackendName[]; here?: BackendName; seeds: number; home: string }>();
  if (here !== undefined) {
    console.log(JSON.stringify(await lossesHere(here, settings)));
    return;
  }
  const engines = await probeEngines();
  const chosen = backend ?? backendNames.filter((name) => engines[name].available && !deviceBackends.has(name) && name !== 'cpu');
  const found = new Map<BackendName, number[]>();
  for (const name of chosen) found.set(name, await lossesApart(name, ['--seeds', String(settings.seeds), '--home', settings.home]));
  console.log(tableOf(found));
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
