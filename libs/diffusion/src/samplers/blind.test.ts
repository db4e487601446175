import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { denoiserOf } from '../denoiser.js';
import type { DenoiserOptions } from '../denoiser.js';
import type { Network } from '../network.js';
import { gammaOf, sigmaOf } from '../levels.js';
import { noiseSource } from '../noise.js';
import { perImageDenoiserOf } from '../per-image-denoiser.js';
import { samplerOf } from '../samplers.js';
import { edmLevels, everySampler, named } from '../samplers.fixture.js';
import { initialState } from '../sampling-run.js';
import type { AnyDenoiser, Sampler } from '../sampling-run.js';
import { blind, clampedToMedian, wholeGroups } from './blind.js';
import type { LevelEstimator } from './blind.js';

const b = 0.7;
const shape = [2, 2, 1] as const;
/** A network that is not conditioned on its noise level. */
const network: Network = (x) => tf.tidy(() => tf.tanh(tf.mul(x, 0.8)));
const optionsOf = (kind: DenoiserOptions['kind'], normalisation: DenoiserOptions['normalisation'] = 'none'): DenoiserOptions => ({ kind, b, sigmaData: 0.6, normalisation, conditioning: () => 0 });
const logit = (gamma: number) => Math.log(gamma) - Math.log1p(-gamma);
const saying = (gammas: readonly number[]): LevelEstimator => () => tf.tensor1d(gammas.map(logit));
/** Estimates a level from an image's mean square, as if the data had variance 1. */
const reading: LevelEstimator = (xt) => tf.tidy(() => tf.neg(tf.log(tf.mean(tf.square(xt), [1, 2, 3]))));
const imagesOf = (n: number): Tensor4D => tf.tensor4d(Array.from({ length: 4 * n }, (_, i) => Math.sin(7 * i + 1) * 2), [n, ...shape]);

async function run(sampler: Sampler, denoise: AnyDenoiser, seeds: readonly number[]): Promise<number[]> {
  const options = { sigmas: edmLevels(5), noise: noiseSource(seeds, shape), clamp: { min: -1, max: 1 } };
  const y = initialState(options);
  const x0 = await sampler(denoise, y, options);
  const values = Array.from(x0.dataSync());
  tf.dispose([y, x0]);
  return values;
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(['eps', 'x0', 'v', 'edm'] as const)('a blind %s network', (kind) => {
  it.each(['none', 'analytic', 'per-sample'] as const)('whose level is estimated exactly equals the network given that level, normalisation %s', async (normalisation) => {
    const options = optionsOf(kind, normalisation);
    const y = imagesOf(3);
    const sigma = 1.3;
    const given = denoiserOf(network, options)(y, sigma);
    const { x0, eps } = await blind(perImageDenoiserOf(network, options), saying(Array(3).fill(gammaOf(sigma, b))), { b, clamp: 2 })(y, sigma);
    const [expected, found, noise, at] = [given, x0, eps, y].map((tensor) => Array.from(tensor.dataSync())) as [number[], number[], number[], number[]];
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
      expect(noise[i]).toBeCloseTo((at[i]! - value) / sigma, 5);
    });
    tf.dispose([y, given, x0, eps]);
  });
});

describe('the lesson\'s x0-hat', () => {
  it('is (x_t - sqrt(1 - a) eps)/(sqrt(a) b), with the network\'s eps as it is', async () => {
    const [sigma, gammas] = [2, [0.2, 0.25, 0.35]];
    const y = imagesOf(3);
    const { x0, eps } = await blind(perImageDenoiserOf(network, optionsOf('eps')), saying(gammas), { b, clamp: 2 })(y, sigma);
    const scale = Math.sqrt(gammaOf(sigma, b)) * b;
    const [at, found, noise] = [y, x0, eps].map((tensor) => Array.from(tensor.dataSync())) as [number[], number[], number[]];
    at.forEach((value, i) => {
      const [a, xt] = [gammas[Math.floor(i / 4)]!, value * scale];
      const said = Math.tanh(0.8 * xt);
      expect(found[i]).toBeCloseTo((xt - Math.sqrt(1 - a) * said) / (Math.sqrt(a) * b), 5);
      expect(noise[i]).toBeCloseTo(said, 5);
    });
    tf.dispose([y, x0, eps]);
  });
});

describe('clampedToMedian', () => {
  it('keeps each level within a factor of the lower median of its group', () => {
    expect(clampedToMedian([0.01, 0.2, 0.3, 0.9], { clamp: 2, group: 4 })).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect(clampedToMedian([0.1, 0.2, 0.6], { clamp: 1, group: 3 })).toEqual([0.2, 0.2, 0.2]);
  });

  it('keeps it below 1 where twice the median is above', () => {
    const [low, , high] = clampedToMedian([0.1, 0.8, 1], { clamp: 2, group: 3 });
    expect(low).toBe(0.4);
    expect(high).toBeLessThan(1);
    expect(sigmaOf(high!, 1)).toBeCloseTo(1e-3, 6);
    expect(clampedToMedian([0, 0, 0], { clamp: 2, group: 3 })).toEqual([1e-9, 1e-9, 1e-9]);
  });

  it('treats each group separately, also a last one that is shorter', () => {
    const values = [0.1, 0.2, 0.3, 0.9, 0.5, 0.01, 0.4];
    const whole = clampedToMedian(values, { clamp: 1.5, group: 3 });
    expect(whole).toEqual([values.slice(0, 3), values.slice(3, 6), values.slice(6)].flatMap((group) => clampedToMedian(group, { clamp: 1.5, group: 3 })));
  });
});

describe('wholeGroups', () => {
  it.each([[1, 64], [64, 64], [65, 128], [200, 256]])('of %p images are %p', (batch, whole) => expect(wholeGroups(batch)).toBe(whole));
});

describe.each(everySampler.map((sampler) => [named(sampler), sampler] as const))('%s without known levels', (_, sampler) => {
  it('generates the same images in whole groups, however many at a time', async () => {
    const denoise = blind(perImageDenoiserOf(network, optionsOf('v')), reading, { b, clamp: 2, group: 3 });
    const seeds = [1, 2, 3, 4, 5, 6, 7];
    const whole = await run(samplerOf(sampler, { b }), denoise, seeds);
    expect(whole.every(Number.isFinite)).toBe(true);
    const parts = [await run(samplerOf(sampler, { b }), denoise, seeds.slice(0, 3)), await run(samplerOf(sampler, { b }), denoise, seeds.slice(3))];
    expect(parts.flat()).toEqual(whole);
  });
});

it('gives an image another level in another group, as documented', async () => {
  const denoise = blind(perImageDenoiserOf(network, optionsOf('v')), reading, { b, clamp: 1, group: 3 });
  const euler = samplerOf({ kind: 'euler' }, { b });
  const whole = await run(euler, denoise, [1, 2, 3]);
  const alone = await Promise.all([1, 2, 3].map((seed) => run(euler, denoise, [seed])));
  expect(alone.flat()).not.toEqual(whole);
});
