import type { Timing, Workload } from '@elucidate/training/throughput';
import type { Run } from './run.js';

/** Turns the measurements of all processes into the table. */

/** The runs of one engine with one number of threads, by round. */
export interface Contestant {
  /** "simdx2". */
  key: string;
  threads: number;
  /** Where it computes; a software adapter has all cores, whatever its threads. */
  place: 'cpu' | 'gpu' | 'software adapter';
  runs: Run[];
}

export interface Ceiling {
  /** GFLOP/s. */
  rate: number;
  /** What computed the product: "torch 1.13.0a0". */
  source: string;
}

export interface Row {
  backend: string;
  version: string;
  /** The processor's or the GPU's name. */
  device: string;
  threads: number;
  secondsPerStep: number;
  imagesTrained: number;
  imagesSampled: number;
  /** Of training, GFLOP/s. */
  rate: number;
  /** Fraction of the ceiling of this device at this thread count. */
  peakFraction: number;
  /** GFLOP per second of CPU time, in training. */
  perCpuSecond: number;
  rssMb: number;
  /** Speed relative to torch in float32 on the same device with as many threads, median of the rounds' ratios; null without torch. */
  trainVsTorch: number | null;
  sampleVsTorch: number | null;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2;
}

/** Median over the rounds of the median over a round's steps. */
const seconds = (runs: readonly Run[], of: (run: Run) => Timing[], clock: keyof Timing): number => median(runs.map((run) => median(of(run).map((timing) => timing[clock]))));

const training = (run: Run) => run.training;
const denoising = (run: Run) => run.denoising;

type Place = Pick<Contestant, 'threads' | 'place'>;

/** Whether two have the same hardware available: as many threads, the GPU, or its adapter. */
const shares = (one: Place, other: Place): boolean => one.place === other.place && (one.place !== 'cpu' || one.threads === other.threads);

/** The fastest float32 product measured there by any entrant: what this machine's arithmetic can reach. */
export function ceilingOf(contestants: readonly Contestant[], where: Place): Ceiling {
  const products = contestants.filter((contestant) => shares(contestant, where) && contestant.runs[0]?.engine.backend !== 'torch-tf32')
    .flatMap(({ runs }) => runs.map(({ engine, productRate = 0 }) => ({ rate: productRate, source: `${engine.backend} ${engine.version}` })));
  return products.reduce((best, product) => (product.rate > best.rate ? product : best), { rate: 0, source: 'none' });
}

/** Speedup over torch, round by round: the two ran on the same machine within minutes of each other. */
function ratio(runs: readonly Run[], torch: readonly Run[] | undefined, of: (run: Run) => Timing[]): number | null {
  if (!torch) return null;
  return median(runs.flatMap((run, round) => (torch[round] ? [seconds([torch[round]], of, 'wall') / seconds([run], of, 'wall')] : [])));
}

export interface Counted {
  workload: Workload;
  /** Floating-point operations of one image's forward pass. */
  forwardFlops: number;
}

/** A step is a forward pass and a backward pass, which costs two forward passes. */
export const stepFlops = ({ workload, forwardFlops }: Counted): number => 3 * workload.batch * forwardFlops;

export function rowOf({ threads, place, runs }: Contestant, contestants: readonly Contestant[], counted: Counted): Row {
  const { batch } = counted.workload;
  const torch = contestants.find((other) => shares(other, { threads, place }) && other.runs[0]?.engine.backend === 'torch')?.runs;
  const [wall, cpu] = [seconds(runs, training, 'wall'), seconds(runs, training, 'cpu')];
  const rate = stepFlops(counted) / wall / 1e9;
  return {
    backend: runs[0]!.engine.backend, version: runs[0]!.engine.version, device: runs[0]!.engine.device, threads,
    secondsPerStep: wall, imagesTrained: batch / wall, imagesSampled: batch / seconds(runs, denoising, 'wall'),
    rate, peakFraction: rate / ceilingOf(contestants, { threads, place }).rate, perCpuSecond: stepFlops(counted) / cpu / 1e9,
    rssMb: Math.max(...runs.map(({ rssMb }) => rssMb)),
    trainVsTorch: ratio(runs, torch, training), sampleVsTorch: ratio(runs, torch, denoising),
  };
}

const significant = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const times = (value: number | null): string => (value === null ? '-' : `${value.toFixed(2)}x`);

const line = (row: Row): string => `| ${[
  row.backend, row.threads, significant(row.secondsPerStep), significant(row.imagesTrained), significant(row.imagesSampled), significant(row.rate),
  `${(100 * row.peakFraction).toFixed(0)} %`, significant(row.perCpuSecond), row.rssMb.toFixed(0), times(row.trainVsTorch), times(row.sampleVsTorch),
].join(' | ')} |`;

/** A Markdown table, the fastest first. */
export function tableOf(rows: readonly Row[]): string {
  return [
    '| engine | threads | s/step | images/s trained | images/s sampled | GFLOP/s | of the ceiling | GFLOP per CPU-s | peak RSS MB | training to torch | sampling to torch |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows.toSorted((a, b) => a.secondsPerStep - b.secondsPerStep).map(line),
  ].join('\n');
}
