import { freemem, totalmem } from 'node:os';
import { isUNet, type NetworkSpec } from '@elucidate/experiment/design';
import type { StageParams } from '@elucidate/experiment/stages';
import { partMaps, partWeights, type UNetPart, unetParts } from '@elucidate/experiment/unet-parts';

/** How much memory training runs take, and how much there is. */

export const mebibyte = 2 ** 20;
/** Node and tfjs. */
export const processBytes = 130 * mebibyte;
/** Weights, EMA, two moments, gradients, and copies on the way between engine and host. */
const copiesOfWeights = 12;
/** Peak over the feature maps that the tape keeps: where group norm and SiLU are one kernel, and where each is many. Measured: memory.test.ts. */
const fusedPeak = 1.3;
const composedPeak = 7.2;
const fusedEngines: readonly string[] = ['simd', 'simd-relaxed', 'native'];
/** Whether an engine has group norm and SiLU in one kernel. */
export const isFused = (engine: string): boolean => fusedEngines.includes(engine);

export interface TrainingSize {
  network: NetworkSpec;
  resolution: number;
  batch: number;
}

/** Bytes a training run takes at its peak, within a quarter. Device memory of a GPU is not counted. */
export function trainingBytes({ network, resolution, batch }: TrainingSize, engine: string): number {
  if (!isUNet(network)) return processBytes;
  const peak = isFused(engine) ? fusedPeak : composedPeak;
  const parts = unetParts(network, resolution, 1);
  const total = (of: (part: UNetPart) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  return processBytes + 4 * (copiesOfWeights * total(partWeights) + peak * batch * total(partMaps));
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

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
