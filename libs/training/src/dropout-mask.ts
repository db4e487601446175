import { randomStream } from '@elucidate/diffusion/noise';
import { streams } from './streams.js';

/** What the mask of a block in a step is made from. */
export interface MaskRequest {
  /** Of the features that are set to 0. */
  fraction: number;
  seed: number;
  step: number;
  /** The block's name. */
  block: string;
  /** Features of the map. */
  size: number;
}

/** 0 with probability `fraction`, otherwise 1/(1 - fraction), each feature by itself: a function of seed, step and block. */
export function maskNumbers({ fraction, seed, step, block, size }: MaskRequest): Float32Array {
  const random = randomStream([seed, streams.dropout, step, ...Array.from(block, (letter) => letter.codePointAt(0)!)]);
  const kept = 1 / (1 - fraction);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i += 1) mask[i] = random.uniform() < fraction ? 0 : kept;
  return mask;
}
