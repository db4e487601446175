import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

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
  /** [n,h,w,c], the caller's. Image i's values depend on its seed and on how many draws came before, on nothing else. */
  next(): Tensor4D;
}

/**
 * A stream named by one or several integers in [0, 2^53): [seed, epoch], [seed, image]. Different names, unrelated streams.
 * xoshiro128** (Blackman & Vigna 2018), its state filled by a hash of the name.
 */
export function randomStream(seed: number | readonly number[]): RandomStream {
  const bits = xoshiro128(typeof seed === 'number' ? [seed] : seed);
  const uniform = () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  return { uniform, normal: polarNormal(uniform), integer: (below) => Math.floor(uniform() * below) };
}

/** The seed of one image of a set: 53 bits, so that sets of millions share none. */
export function imageSeed(seed: number, index: number): number {
  const [high, low] = hashed([seed, index]);
  return (high >>> 11) * 2 ** 32 + low;
}

/** One independent stream an image, so that results depend on neither batch size nor order. shape: [h, w, c]. */
export function noiseSource(seeds: readonly number[], shape: readonly [number, number, number]): NoiseSource {
  const streams = seeds.map((seed) => randomStream(seed));
  const size = shape[0] * shape[1] * shape[2];
  return {
    next: () => {
      const values = new Float32Array(seeds.length * size);
      streams.forEach((stream, image) => {
        for (let i = 0; i < size; i++) values[image * size + i] = stream.normal();
      });
      return tf.tensor4d(values, [seeds.length, ...shape]);
    },
  };
}

/** Marsaglia's polar method: only log and sqrt, which every V8 computes alike, where sin and cos may differ by a digit. */
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
      const stretch = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * stretch;
      return x * stretch;
    }
  };
}

function xoshiro128(name: readonly number[]): () => number {
  let [a, b, c, d] = hashed(name);
  if ((a | b | c | d) === 0) a = 1;
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const carried = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= carried;
    d = rotated(d, 11);
    return result;
  };
}

/** 128 bits from a list of integers below 2^53: four lanes, each taking in both halves of each through Murmur3's mixer. */
function hashed(name: readonly number[]): [number, number, number, number] {
  const halves = name.flatMap((value) => [value >>> 0, Math.floor(value / 2 ** 32)]);
  const lane = (start: number) => halves.reduce((state, half) => avalanche(state ^ half) + start, start ^ name.length);
  return [lane(0x9e3779b9), lane(0x243f6a88), lane(0xb7e15162), lane(0x6a09e667)].map(avalanche) as [number, number, number, number];
}

function avalanche(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
