import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { backendNames, type BackendName, deviceBackends } from '@elucidate/engine/backend';
import { probeEngines, startEngine } from '@elucidate/engine/start';
import { type NetworkName, networks } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import { planSweep } from '@elucidate/experiment/plan';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { reportError } from '@elucidate/shell/exit';
import { json, listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import type { TrainParams } from '@elucidate/training/build';
import { type IdxSetName, readIdxSet } from '@elucidate/training/datasets/idx-sets';
import { resolveIdxSet } from '@elucidate/training/datasets/resolve';
import { train } from '@elucidate/training/loop';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { type Command, Option } from 'commander';

/** `npm run bench:losses`: whether the engines of this machine reach the same losses. Trains one network from several seeds on each, by default one of the quickstart. */

const quickstart = fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url));
/** Fraction of the steps, counted from the end, whose mean is the loss of a training run. */
const lastShare = 0.1;

interface Settings {
  seeds: number;
  home: string;
  dataset: IdxSetName;
  /** Where they differ from the quickstart's. */
  network?: NetworkName;
  batch?: number;
  images?: number;
}

async function paramsOfSeed(seed: number, { dataset, ...train }: Settings): Promise<TrainParams> {
  const overrides = (['network', 'batch', 'images'] as const).flatMap((name) => (train[name] === undefined ? [] : [`train.${name}=${train[name]}`]));
  const { stages } = planSweep(parseSpec(await readFile(quickstart, 'utf8'), { overrides: [`dataset.name=${dataset}`, ...overrides] }));
  return { ...(stages.find(({ kind }) => kind === 'train')!.params as TrainParams), seed };
}

/** One training run, as `--json` prints it. */
interface Ended {
  engine: BackendName;
  seed: number;
  /** The mean over the last tenth of the steps. */
  loss: number;
  steps: number;
}

/** The training runs of one engine, in this process: a line of JSON for each as it ends. */
async function trainHere(engine: BackendName, settings: Settings): Promise<void> {
  await startEngine({ backend: engine });
  const { seeds, home, dataset } = settings;
  const first = await paramsOfSeed(1, settings);
  const folder = await resolveIdxSet(dataset, { home, log: () => {} });
  const images = await readIdxSet(folder, { name: dataset, split: 'train', resolution: first.dataset.resolution as 16 });
  for (let seed = 1; seed <= seeds; seed += 1) {
    const params = await paramsOfSeed(seed, settings);
    const { losses } = await train(params, { images, sigmaData: sigmaDataOf(params, images) });
    const loss = mean(losses.slice(-Math.ceil(losses.length * lastShare)));
    console.log(JSON.stringify({ engine, seed, loss, steps: losses.length } satisfies Ended));
  }
}

/** The same in a separate process, since a process can start an engine only once; the losses by seed. */
async function lossesApart(backend: BackendName, settings: Settings, onEnded: (run: Ended) => void): Promise<number[]> {
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args, '--here', backend], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const losses: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const run = JSON.parse(line) as Ended;
    losses.push(run.loss);
    onEnded(run);
  }
  const [code] = await closed as [number | null];
  if (code !== 0) throw new ElucidateError('stage.crashed', `Training on ${backend} ended with ${code === null ? 'a signal' : `exit code ${code}`} after ${losses.length} of ${settings.seeds} seeds; what it said is above`);
  return losses;
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
    return `| ${backend} | ${losses.map((loss) => loss.toFixed(5)).join(' | ')} | ${mean(losses).toFixed(5)}${losses.length > 1 ? ` ± ${stddev(losses).toFixed(5)}` : ''} | ${furthest.toExponential(1)} |`;
  });
  const header = ['engine', ...first.map((_, i) => `seed ${i + 1}`), 'mean ± standard deviation over seeds', `furthest from ${[...found.keys()][0]} at one seed`];
  return [`| ${header.join(' | ')} |`, `| ${header.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |`, ...rows].join('\n');
}

const examples = `
Examples:
  $ npm run bench:losses
  $ npm run bench:losses -- --backend simd,native --seeds 5
  $ npm run bench:losses -- --backend webgpu,simd --dataset mnist --network large --batch 16 --images 4800 --json`;

const program = (): Command => createProgram('npm run bench:losses --', import.meta.url)
  .description('Trains a network from several seeds on every CPU engine of this machine and compares the losses they end with: by default one of the quickstart.')
  .addOption(new Option('--backend <list>', `engines to train on, comma-separated: ${backendNames.join(', ')} (default: every available CPU engine except cpu)`).argParser(listOf(backendNames)))
  .addOption(new Option('--seeds <n>', 'seeds for each engine').argParser(wholeNumber(1, 1000)).default(3))
  .addOption(new Option('--dataset <name>', 'data set to train on').choices(['fashion-mnist', 'mnist']).default('fashion-mnist'))
  .addOption(new Option('--network <name>', 'network to train (default: the quickstart\'s)').choices(Object.keys(networks)))
  .addOption(new Option('--batch <n>', 'images in a batch (default: the quickstart\'s)').argParser(wholeNumber(1, 4096)))
  .addOption(new Option('--images <n>', 'images to train on in all (default: the quickstart\'s)').argParser(wholeNumber(1, 1_000_000_000)))
  .addOption(json('print a line of JSON for each training run as it ends, and no table'))
  .addOption(new Option('--home <dir>', 'where data sets are unpacked').default(process.env['ELUCIDATE_HOME'] ?? '.elucidate', 'ELUCIDATE_HOME or .elucidate'))
  .addOption(new Option('--here <name>').choices([...backendNames]).hideHelp())
  .addHelpText('after', examples);

async function main(): Promise<void> {
  const { backend, here, json: asJson = false, ...settings } = program().parse().opts<Settings & { backend?: BackendName[]; here?: BackendName; json?: boolean }>();
  if (here !== undefined) return trainHere(here, settings);
  const say = (run: Ended) => (asJson ? console.log(JSON.stringify(run)) : void process.stderr.write(`${run.engine}, seed ${run.seed}: ${run.loss.toFixed(5)}\n`));
  const engines = await probeEngines();
  const chosen = backend ?? backendNames.filter((name) => engines[name].available && !deviceBackends.has(name) && name !== 'cpu');
  const found = new Map<BackendName, number[]>();
  for (const name of chosen) found.set(name, await lossesApart(name, settings, say));
  if (!asJson) console.log(tableOf(found));
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
