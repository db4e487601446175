import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { hashed, xoshiro128 } from './random-bits.js';

/** A deterministic stream of random numbers: the same on every machine and Node version. */
export interface RandomStream {
  /** In [0, 1), 53 bits. */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** An integer in [0, below). */
  integer(below: number): number;
}

/** Unit noise for a batch of images, one draw after another. */
export interface NoiseSource {
  /** [n,h,w,c], owned by the caller. The values of image i depend only on its seed and on the number of earlier draws. */
  next(): Tensor4D;
}

/**
 * A stream named by one or several integers in [0, 2^53): [seed, epoch], [seed, image]. Different names give unrelated streams.
 * xoshiro128** (Blackman & Vigna 2018), its state filled by a hash of the name.
 */
export function randomStream(seed: number | readonly number[]): RandomStream {
  const bits = xoshiro128(hashed(typeof seed === 'number' ? [seed] : seed));
  const uniform = () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  return { uniform, normal: polarNormal(uniform), integer: (below) => Math.floor(uniform() * below) };
}

/** The seed of one image of a set: 53 bits, so that no seed repeats in sets of millions. */
export function imageSeed(seed: number, index: number): number {
  const [high, low] = hashed([seed, index]);
  return (high >>> 11) * 2 ** 32 + low;
}

/** The numbers of a noise source, in order: each call gives the next draw of `size` numbers for each image. */
export function noiseNumbers(seeds: readonly number[], size: number): () => Float32Array {
  const streams = seeds.map((seed) => randomStream(seed));
  return () => {
    const values = new Float32Array(seeds.length * size);
    streams.forEach((stream, image) => {
      for (let i = 0; i < size; i++) values[image * size + i] = stream.normal();
    });
    return values;
  };
}

/** One independent stream per image, so that results depend on neither batch size nor order. shape: [h, w, c]. */
export function noiseSource(seeds: readonly number[], shape: readonly [number, number, number]): NoiseSource {
  const next = noiseNumbers(seeds, shape[0] * shape[1] * shape[2]);
  return { next: () => tf.tensor4d(next(), [seeds.length, ...shape]) };
}

/** Marsaglia's polar method: uses only log and sqrt, which every V8 computes identically, whereas sin and cos may differ in the last digit. */
function polarNormal(uniform: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}
