import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { counted } from './denoiser.js';
import { karrasGrid } from './grids.js';
import { imageSeed, noiseSource } from './noise.js';
import { gaussianDenoiser, pointwise } from './oracles.js';
import { nfe, samplerOf } from './samplers.js';
import type { SamplerShape } from './samplers.js';
import { startOf } from './walk.js';
import type { Walk } from './walk.js';

const edm = { rho: 7, sigmaMin: 0.002, sigmaMax: 80 };
const law = { mean: 0.3, std: 0.5 };
const denoiser = pointwise(gaussianDenoiser(law));
const shape = [2, 2, 1] as const;
const seedsOf = (n: number) => Array.from({ length: n }, (_, i) => imageSeed(5, i));

const family: { shape: SamplerShape; std: number }[] = [
  { shape: { kind: 'euler' }, std: 0.3652130651 },
  { shape: { kind: 'heun' }, std: 0.609798 },
  { shape: { kind: 'ddim', eta: 0 }, std: 0.3652130651 },
  { shape: { kind: 'ddim', eta: 0.5 }, std: 0.355346437 },
  { shape: { kind: 'ddim', eta: 1 }, std: 0.3018828846 },
  { shape: { kind: 'ddpm', variance: 'small' }, std: 0.3018828846 },
  { shape: { kind: 'ddpm', variance: 'large' }, std: NaN },
];
const known = family.filter(({ std }) => !Number.isNaN(std));

/** The images of a walk from its own start, and the same walk's tensors released. */
async function images(sampler: SamplerShape, seeds: readonly number[], extra: Partial<Walk> = {}): Promise<number[]> {
  const walk: Walk = { sigmas: karrasGrid(10, edm), noise: noiseSource(seeds, shape), ...extra };
  const y = startOf(walk);
  try {
    const x0 = await samplerOf(sampler, { b: 0.5 })(denoiser, y, walk);
    const values = Array.from(x0.dataSync());
    x0.dispose();
    return values;
  } finally {
    y.dispose();
  }
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(family)('sampler $shape', ({ shape: sampler }) => {
  it('calls the denoiser as often as it says', async () => {
    for (const steps of [1, 2, 9]) {
      const { denoiser: counting, calls } = counted(denoiser);
      const walk: Walk = { sigmas: karrasGrid(steps, edm), noise: noiseSource([1], shape) };
      const y = startOf(walk);
      tf.dispose([y, await samplerOf(sampler, { b: 1 })(counting, y, walk)]);
      expect(calls()).toBe(nfe(sampler.kind, steps));
    }
  });

  it('makes the same image of a seed, whatever the batch and its order', async () => {
    const seeds = seedsOf(3);
    const whole = await images(sampler, seeds);
    const turned = await images(sampler, [...seeds].reverse());
    for (const [i, seed] of seeds.entries()) {
      const image = whole.slice(4 * i, 4 * i + 4);
      expect(await images(sampler, [seed])).toEqual(image);
      expect(turned.slice(4 * (2 - i), 4 * (3 - i))).toEqual(image);
    }
  });

  it('gives back a single image that the denoiser knows', async () => {
    const walk: Walk = { sigmas: karrasGrid(5, edm), noise: noiseSource([1, 2], shape) };
    const y = startOf(walk);
    const x0 = await samplerOf(sampler, { b: 1 })((state) => tf.fill(state.shape, 0.7), y, walk);
    for (const value of x0.dataSync()) expect(value).toBeCloseTo(0.7, 6);
    tf.dispose([y, x0]);
  });

  it('leaves y as it was and stops at a signal with the signal\'s reason', async () => {
    const abort = new AbortController();
    const reason = new Error('cancelled by its owner');
    let seen = 0;
    const stopping = images(sampler, [1], { signal: abort.signal, onStep: ({ index }) => {
      seen = index;
      if (index === 3) abort.abort(reason);
    } });
    await expect(stopping).rejects.toBe(reason);
    expect(seen).toBe(3);
  });

  it('shows x0-hat after every step and waits for whoever looks', async () => {
    const sigmas = karrasGrid(4, edm);
    const steps: number[] = [];
    let looking = false;
    await images(sampler, [1, 2], { sigmas, onStep: async ({ index, steps: of, sigma, next, x0 }) => {
      expect(looking).toBe(false);
      looking = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect([of, sigma, next, x0.shape]).toEqual([4, sigmas[index], sigmas[index + 1], [2, ...shape]]);
      expect(x0.isDisposed).toBe(false);
      steps.push(index);
      looking = false;
    } });
    expect(steps).toEqual([0, 1, 2, 3]);
  });

  it('passes on an error of whoever looks, with nothing left behind', async () => {
    const failing = images(sampler, [1], { onStep: () => { throw new Error('disk full'); } });
    await expect(failing).rejects.toThrow('disk full');
  });
});

describe.each(known)('sampler $shape on Gaussian images', ({ shape: sampler, std }) => {
  it('leaves the spread that its closed form says', async () => {
    const n = 1000;
    const values = await images(sampler, seedsOf(n));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    // four standard errors of a standard deviation over 4n pixels
    expect(Math.abs(Math.sqrt(variance) / std - 1)).toBeLessThan(4 / Math.sqrt(2 * 4 * n));
  });
});

describe('one image in float32', () => {
  it.each([
    ['euler', 80, 0.663843516069], ['euler', -40, 0.116023918475], ['heun', 80, 0.907511258296], ['heun', -40, -0.007185742902],
  ] as const)('has %s\'s exact result from %p', async (kind, start, expected) => {
    const y: Tensor4D = tf.fill([1, ...shape], start);
    const x0 = await samplerOf({ kind }, { b: 1 })(denoiser, y, { sigmas: karrasGrid(10, edm), noise: noiseSource([1], shape) });
    for (const value of x0.dataSync()) expect(value).toBeCloseTo(expected, 5);
    expect(y.dataSync()[0]).toBe(start);
    tf.dispose([y, x0]);
  });

  it.each([0.5, 1])('is N(mu, next^2) after each ancestral move at eta %p when mu is all there is', async (eta) => {
    const n = 1000;
    const walk: Walk = { sigmas: [10, 0.1], noise: noiseSource(seedsOf(n), shape) };
    const y = startOf(walk);
    const moved = await samplerOf({ kind: 'ddim', eta }, { b: 1 })((state) => tf.fill(state.shape, 0.7), y, walk);
    const values = Array.from(moved.dataSync());
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean - 0.7)).toBeLessThan((4 * 0.1) / Math.sqrt(4 * n));
    expect(Math.abs(std / 0.1 - 1)).toBeLessThan(4 / Math.sqrt(2 * 4 * n));
    tf.dispose([y, moved]);
  });
});
