import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { counted, denoiserOf } from './denoiser.js';
import type { DenoiserOptions } from './denoiser.js';
import { guided } from './guidance.js';
import { guides } from './guidance-interval.js';
import type { Guidance } from './guidance-interval.js';
import { labelled, oneHot } from './network.js';
import type { Network } from './network.js';
import { noiseSource } from './noise.js';
import { gaussianDenoiser, gaussianFlow, mixtureDenoiser, pointwise } from './oracles.js';
import type { Component, Normal } from './oracles.js';
import { samplerOf, tableauOf } from './samplers.js';
import { deterministic, edmLevels, everySampler, named } from './samplers.fixture.js';
import type { AnyDenoiser, Denoised } from './sampling-run.js';

const always = (scale: number): Guidance => ({ scale, sigmaLow: 0 });

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

/** Passes one number through a denoiser of images. */
async function at(denoiser: AnyDenoiser, value: number, sigma: number): Promise<number> {
  const y: Tensor4D = tf.tensor4d([value], [1, 1, 1, 1]);
  const { x0 } = (await denoiser(y, sigma)) as Denoised;
  const [found] = await x0.data();
  tf.dispose([y, x0]);
  return found!;
}

describe('guidance of a mixture by one of its components', () => {
  const components: readonly Component[] = [{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }];
  const chosen = components[0]!;
  const density = ({ weight, mean, std }: Component, y: number, sigma: number) => (weight * Math.exp(-((y - mean) ** 2) / (2 * (std ** 2 + sigma ** 2)))) / Math.hypot(std, sigma);

  it.each([0, 0.5, 1.5, 4])('at scale %d is y + sigma^2 times the gradient of ln p(y)^(1 - w) p(y | class)^w', async (scale) => {
    const denoiser = guided({ denoiser: pointwise(gaussianDenoiser(chosen)), guide: pointwise(mixtureDenoiser(components)) }, always(scale));
    for (const sigma of [0.3, 1, 5]) {
      for (const y of [-1.7, -0.2, 0.4]) {
        const logDensity = (at: number) => (1 - scale) * Math.log(components.reduce((sum, one) => sum + density(one, at, sigma), 0)) + scale * Math.log(density(chosen, at, sigma));
        const step = 1e-4;
        const slope = (logDensity(y + step) - logDensity(y - step)) / (2 * step);
        // float32 images
        expect(await at(denoiser, y, sigma)).toBeCloseTo(y + sigma ** 2 * slope, 4);
      }
    }
  });
});

describe('guidance of N(0, v) by N(m, v)', () => {
  const std = 0.5;
  const [all, one]: [Normal, Normal] = [{ mean: 0, std }, { mean: 0.7, std }];
  const pair = { denoiser: pointwise(gaussianDenoiser(one)), guide: pointwise(gaussianDenoiser(all)) };

  /** Where a sampler started at y = 3 ends on EDM's levels. */
  async function end(sampler: (typeof deterministic)[number], guidance: Guidance, steps: number): Promise<number> {
    const sigmas = edmLevels(steps);
    const y: Tensor4D = tf.tensor4d([3], [1, 1, 1, 1]);
    const image = await samplerOf(sampler, { b: 1 })(guided(pair, guidance), y, { sigmas, noise: noiseSource([1], [1, 1, 1]) });
    const [found] = await image.data();
    tf.dispose([y, image]);
    return found!;
  }

  // the two means lie on a line, so D is the denoiser of N(w m, v), whose flow is known
  it.each(deterministic.map((sampler) => [named(sampler), sampler] as const))('takes %s to where the flow of N(w m, v) ends', async (_, sampler) => {
    const distribution = { mean: 2.5 * one.mean, std };
    expect(Math.abs((await end(sampler, always(2.5), 200)) - gaussianFlow(distribution)(3, 80, 0))).toBeLessThan(0.02);
  });

  it('follows N(w m, v) inside the interval and N(m, v) outside', async () => {
    const sigmas = edmLevels(400);
    const [high, low] = [sigmas[150]!, sigmas[260]!];
    const [inside, outside] = [gaussianFlow({ mean: 2.5 * one.mean, std }), gaussianFlow(one)];
    const expected = outside(inside(outside(3, 80, high), high, low), low, 0);
    const found = await end({ kind: 'euler' }, { scale: 2.5, sigmaLow: low, sigmaHigh: high }, 400);
    expect(Math.abs(found - expected)).toBeLessThan(0.02);
    // neither of the two alone
    for (const other of [outside(3, 80, 0), inside(3, 80, 0)]) expect(Math.abs(other - expected)).toBeGreaterThan(0.1);
  });
});

describe('guidance of N(m, v) by a wider distribution with the same mean', () => {
  const [one, wider]: [Normal, Normal] = [{ mean: 0.3, std: 0.5 }, { mean: 0.3, std: 0.8 }];
  const scale = 2;
  /** Proportional to the distance from the mean at sigma: the slope of its logarithm is sigma [w/(v + sigma^2) + (1 - w)/(v_guide + sigma^2)]. */
  const distance = (sigma: number) => Math.hypot(one.std, sigma) ** scale * Math.hypot(wider.std, sigma) ** (1 - scale);

  // guided samples are more concentrated than the data
  it.each(deterministic.map((sampler) => [named(sampler), sampler] as const))('takes %s to where its flow ends, closer to the mean than the flow of the data', async (_, sampler) => {
    const y: Tensor4D = tf.tensor4d([60], [1, 1, 1, 1]);
    const denoiser = guided({ denoiser: pointwise(gaussianDenoiser(one)), guide: pointwise(gaussianDenoiser(wider)) }, always(scale));
    const image = await samplerOf(sampler, { b: 1 })(denoiser, y, { sigmas: edmLevels(400), noise: noiseSource([1], [1, 1, 1]) });
    const [found] = await image.data();
    tf.dispose([y, image]);
    const expected = one.mean + (60 - one.mean) * distance(0) / distance(80);
    expect(Math.abs(found! - expected)).toBeLessThan(0.01);
    expect(expected - one.mean).toBeLessThan(0.7 * (gaussianFlow(one)(60, 80, 0) - one.mean));
  });
});

describe('the interval', () => {
  it('is open below and closed above', () => {
    const guidance = { scale: 2, sigmaLow: 0.5, sigmaHigh: 3 };
    expect([0.4, 0.5, 0.6, 3, 3.1].map((sigma) => guides(guidance, sigma))).toEqual([false, false, true, true, false]);
    expect(guides({ ...guidance, scale: 1 }, 1)).toBe(false);
  });

  it.each(everySampler.map((sampler) => [named(sampler), sampler] as const))('costs %s a second evaluation at the levels inside it and at no others', async (_, sampler) => {
    const guidance = { scale: 3, sigmaLow: 0.1, sigmaHigh: 5 };
    const sigmas = edmLevels(12);
    const [main, guide] = [counted(pointwise((y) => y)), counted(pointwise((y) => y))];
    const y: Tensor4D = tf.tensor4d([3], [1, 1, 1, 1]);
    tf.dispose([y, await samplerOf(sampler, { b: 1 })(guided({ denoiser: main.denoiser, guide: guide.denoiser }, guidance), y, { sigmas, noise: noiseSource([1], [1, 1, 1]) })]);
    const evaluated = tableauOf(sampler, { b: 1 })(sigmas).flatMap(({ evaluations }) => evaluations).filter(({ x0Hat }) => x0Hat === undefined);
    const inside = evaluated.filter(({ sigma }) => sigma > 0.1 && sigma <= 5);
    expect([main.calls(), guide.calls()]).toEqual([evaluated.length, inside.length]);
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.length).toBeLessThan(evaluated.length);
  });
});

describe('a labelled network', () => {
  const options: DenoiserOptions = { kind: 'x0', b: 1, sigmaData: 1, normalisation: 'none', conditioning: (sigma) => sigma };
  /** x0-hat is the number of the class, 0 where there is none. */
  const network: Network = (x, { label }) => tf.tidy(() => (label ? tf.add(tf.zerosLike(x), tf.reshape(tf.sum(tf.mul(label, [1, 2, 3]), 1), [-1, 1, 1, 1])) : tf.zerosLike(x)));

  it('gives each image its own class, and none where its row is zeros', () => tf.tidy(() => {
    const y: Tensor4D = tf.ones([4, 1, 1, 1]);
    const x0 = denoiserOf(labelled(network, oneHot([2, 0, undefined, 1], 3)), options)(y, 1);
    expect([...x0.dataSync()]).toEqual([3, 1, 0, 2]);
    expect([...denoiserOf(network, options)(y, 1).dataSync()]).toEqual([0, 0, 0, 0]);
  }));

  it('guides the network\'s own noise with its x0-hat', async () => {
    const withNoise = (x0: number, eps: number): AnyDenoiser => () => ({ x0: tf.fill([1, 1, 1, 1], x0), eps: tf.fill([1, 1, 1, 1], eps) });
    const y: Tensor4D = tf.zeros([1, 1, 1, 1]);
    const found = (await guided({ denoiser: withNoise(2, 3), guide: withNoise(1, 5) }, always(3))(y, 1)) as Required<Denoised>;
    expect([found.x0.dataSync()[0], found.eps.dataSync()[0]]).toEqual([4, -1]);
    tf.dispose([y, found.x0, found.eps]);
  });
});
