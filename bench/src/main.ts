import { cpus, loadavg, release, totalmem } from 'node:os';
import { forwardFlops } from '@elucidate/experiment/work';
import { parameterCount } from '@elucidate/training/throughput';
import { writeWhole } from '@elucidate/training/write-whole';
import { engineEntrants, shapeOf, torchEntrants, type Entrant } from './entrants.js';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { parseOptions } from './options.js';
import { endCurrent } from './processes.js';
import { ceilingOf, rowOf, stepFlops, tableOf, type Contestant, type Counted } from './report.js';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Runs every entrant once per round, starting with a different one each time; `keep` gets each round as it ends. */
async function runRounds(entrants: readonly Entrant[], rounds: number, keep: () => Promise<void>): Promise<void> {
  const took = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < entrants.length; i += 1) {
      const entrant = entrants[(i + round) % entrants.length]!;
      const began = performance.now();
      const run = await entrant.measure();
      entrant.runs.push(run);
      took.set(entrant.key, (performance.now() - began) / 1000);
      const average = [...took.values()].reduce((sum, seconds) => sum + seconds, 0) / took.size;
      const left = average * (entrants.length * (rounds - round) - i - 1);
      say(`round ${round + 1} of ${rounds}  ${entrant.key.padEnd(16)} ${(run.training.at(-1)?.wall ?? NaN).toPrecision(3).padStart(6)} s/step   about ${clock(left)} left`);
    }
    await keep();
  }
}

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;

interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Mean number of running processes over the preceding minute. */
  load: number;
  date: string;
}

const machineNow = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? process.arch, cores: cpus().length, memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
  system: `${process.platform} ${release()} ${process.arch}`, load: loadavg()[0] ?? 0, date: new Date().toISOString(),
});

/** In words. */
const placeOf = ({ place, threads }: Contestant): string => (place !== 'cpu' ? `the ${place === 'gpu' ? 'GPU' : place}` : `${threads} ${threads === 1 ? 'thread' : 'threads'}`);

/** The GPU, by the names its drivers report. */
const gpuNames = (entrants: readonly Entrant[]): string[] => [...new Set(entrants.flatMap(({ place, runs }) => (place === 'gpu' ? runs.map(({ engine }) => engine.device) : [])))];

function report(entrants: readonly Entrant[], { counted, machine, absent }: { counted: Counted; machine: Machine; absent: readonly string[] }) {
  const rows = entrants.map((entrant) => rowOf(entrant, entrants, counted));
  const ceilings = Object.fromEntries(entrants.map((entrant) => [placeOf(entrant), ceilingOf(entrants, entrant)]));
  const { workload } = counted;
  const { channels, blocks } = shapeOf(workload);
  const gpus = gpuNames(entrants);
  const markdown = [
    `U-Net \`${workload.network}\` (${channels.join('/')}, ${blocks} ${blocks === 1 ? 'block' : 'blocks'}, ${(parameterCount(workload) / 1e6).toFixed(2)} M parameters), batch ${workload.batch} of ${workload.resolution}x${workload.resolution}x1: ${(stepFlops(counted) / 1e9).toFixed(1)} GFLOP a training step. Median of ${entrants[0]?.runs.length} rounds, each in a process of its own.`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${process.versions.node}; load ${machine.load.toFixed(1)} before; ${machine.date.slice(0, 10)}.`,
    ...(gpus.length > 0 ? [`GPU: ${gpus.join('; ')}.`] : []),
    `Ceiling, float32 product of 1024 x 1024${gpus.length > 0 ? ', on the GPU of 4096 x 4096' : ''}: ${Object.entries(ceilings).map(([where, { rate, source }]) => `${where} ${rate.toFixed(0)} GFLOP/s (${source})`).join(', ')}.`,
    '', tableOf(rows),
    ...(absent.length > 0 ? ['', `Not here: ${absent.join('; ')}.`] : []),
  ].join('\n');
  const versions = { node: process.versions.node, ...Object.fromEntries(rows.map(({ backend, version }) => [backend, version])) };
  return { markdown, json: { machine, versions, workload, flopsPerStep: stepFlops(counted), ceilings, ...Object.fromEntries(entrants.map(({ key, runs }, i) => [key, { ...rows[i], runs }])) } };
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const { workload, rounds, json } = options;
  const machine = machineNow();
  if (machine.load > 0.5) say(`this machine is busy (load ${machine.load.toFixed(1)}): times will be too long, and the more threads the more so`);
  const { entrants: engines, absent } = await engineEntrants(options, say);
  const entrants = [...engines, ...(await torchEntrants(options, engines, say))];
  const counted = { workload, forwardFlops: forwardFlops(shapeOf(workload), workload.resolution) };
  const found = () => report(entrants, { counted, machine, absent });
  // after each round, so that a run that is ended keeps the rounds before
  await runRounds(entrants, rounds, async () => {
    if (json !== undefined) await writeWhole(json, Buffer.from(`${JSON.stringify(found().json, null, 2)}\n`));
    kept = json;
  });
  console.log(found().markdown);
}

/** The file that has the rounds that were finished. */
let kept: string | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endCurrent();
    say(`\nstopped; ${kept === undefined ? 'nothing was written' : `${kept} has the rounds that were finished`}`);
    process.exit(exitCodes.interrupted);
  });
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
