import { freemem, totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { NetworkSpec } from '@elucidate/experiment/design';
import type { StageTask } from '@elucidate/experiment/execution';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';

/** How much memory stages take, and how much there is. */

const mebibyte = 2 ** 20;
/** Node, tfjs and the data set. */
const processBytes = 130 * mebibyte;
/** Weights, EMA, two moments, gradients, and copies on the way between engine and host. */
const copiesOfWeights = 9;
/** Peak over the feature maps that the tape keeps: where group norm and SiLU are one kernel, and where each is many. Measured: memory.test.ts. */
const fusedPeak = 1.3;
const composedPeak = 7.2;
const fusedEngines: readonly string[] = ['simd', 'simd-relaxed', 'native'];
/** Sampling, features, scores, the extractor's training. */
const otherStageBytes = 800 * mebibyte;

export interface TrainingSize {
  network: NetworkSpec;
  resolution: number;
  batch: number;
}

interface Widths {
  channels: readonly number[];
  blocks: number;
}

/** Numbers in the feature maps of one image that a residual block keeps for its gradient. */
const blockMaps = (from: number, to: number, size: number): number => (2 * from + 5 * to) * size ** 2;

function mapNumbers({ channels, blocks }: Widths, resolution: number): number {
  const levels = channels.map((c, level) => blocks * (blockMaps(c, c, resolution / 2 ** level) + blockMaps(2 * c, c, resolution / 2 ** level)));
  const lowest = channels.at(-1) ?? 0;
  return levels.reduce((sum, n) => sum + n, blockMaps(lowest, lowest, resolution / 2 ** (channels.length - 1)));
}

/** Weights of the convolutions, which outnumber all others. */
function weightNumbers({ channels, blocks }: Widths): number {
  const lowest = channels.at(-1) ?? 0;
  const levels = channels.map((c, level) => blocks * (18 + 29) * c ** 2 + 2 * 9 * c * (channels[level - 1] ?? 0));
  return levels.reduce((sum, n) => sum + n, 18 * lowest ** 2);
}

/** Bytes a training takes at its peak, within a quarter. Device memory of a GPU is not counted. */
export function trainingBytes({ network, resolution, batch }: TrainingSize, engine: string): number {
  if (!('channels' in network)) return processBytes;
  const peak = fusedEngines.includes(engine) ? fusedPeak : composedPeak;
  return processBytes + 4 * (copiesOfWeights * weightNumbers(network) + peak * batch * mapNumbers(network, resolution));
}

/** Bytes a stage takes at its peak. */
export function stageBytes({ kind, params }: Pick<StageTask, 'kind' | 'params'>, engine: string): number {
  const parsed = kind === 'train' ? stageDefinitions.train.params.safeParse(params) : undefined;
  return parsed?.success ? trainingBytes(sizeOf(parsed.data), engine) : otherStageBytes;
}

export const sizeOf = ({ network, dataset, batch }: StageParams<'train'>): TrainingSize => ({ network, resolution: dataset.resolution, batch });

/** Share of the machine, or of the container, that stages may have. The rest is the database's, the API's and the page cache's. */
const stageShare = 0.8;

/** Bytes that stages may take on this machine now. */
export function memoryBudget(): number {
  const limit = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  // elsewhere than on Linux, memory that could be freed does not count as free
  return Math.floor(Math.min(stageShare * limit, process.platform === 'linux' ? freemem() : Infinity));
}

export interface MemoryGate {
  /** Waits until so many bytes are free, or nothing else runs; gives what returns them. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
  readonly free: number;
}

/** Counts the memory of the stages that run. What is larger than the whole gets it once it is alone. */
export function memoryGate(budget: number): MemoryGate {
  const lookEveryMs = 100;
  let [free, running] = [budget, 0];
  return {
    async take(bytes, signal) {
      while (running > 0 && bytes > free) await setTimeout(lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      free -= bytes;
      running += 1;
      return () => {
        free += bytes;
        running -= 1;
      };
    },
    get free() {
      return free;
    },
  };
}

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
