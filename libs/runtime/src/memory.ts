import { freemem, totalmem } from 'node:os';
import { isUNet, type NetworkSpec } from '@elucidate/experiment/design';
import type { StageParams } from '@elucidate/experiment/stages';
import { partMaps, partWeights, type UNetPart, unetParts } from '@elucidate/experiment/unet-parts';

/** How much memory training runs use, and how much is available. */

export const mebibyte = 2 ** 20;
/** Node and tfjs. */
export const processBytes = 130 * mebibyte;
/** Weights, EMA, two moments, gradients, and copies in transit between engine and host. */
const copiesOfWeights = 12;
/** Peak over the feature maps that the tape keeps: if group norm and SiLU are one kernel, and if each is several. Measured: memory.test.ts. */
const fusedPeak = 1.3;
const composedPeak = 7.2;
const fusedEngines: readonly string[] = ['simd', 'simd-relaxed', 'native', 'webgpu'];
/** Whether an engine has group norm and SiLU in one kernel. */
export const isFused = (engine: string): boolean => fusedEngines.includes(engine);

export interface TrainingSize {
  network: NetworkSpec;
  resolution: number;
  batch: number;
}

/** Peak bytes of a training run, to within a sixth. GPU device memory is not counted. */
export function trainingBytes({ network, resolution, batch }: TrainingSize, engine: string): number {
  if (!isUNet(network)) return processBytes;
  const peak = isFused(engine) ? fusedPeak : composedPeak;
  const parts = unetParts(network, resolution, 1);
  const total = (of: (part: UNetPart) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  return processBytes + 4 * (copiesOfWeights * total(partWeights) + peak * batch * total(partMaps));
}

export const sizeOf = ({ network, dataset, batch }: StageParams<'train'>): TrainingSize => ({ network, resolution: dataset.resolution, batch });

/** Fraction of the memory of the machine or container that stages may use. The rest is for the database, the API and the page cache. */
const stageShare = 0.8;

/** Bytes that stages may use on this machine now. */
export function memoryBudget(): number {
  const limit = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  // outside Linux, memory that could be freed does not count as free
  return Math.floor(Math.min(stageShare * limit, process.platform === 'linux' ? freemem() : Infinity));
}

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
