import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { noiseSource } from './noise.js';
import { logitOfGamma, noiseLevelLoss } from './noise-level-loss.js';
import { noiseLevelNetwork } from './noise-level-network.js';
import type { NoiseLevelConfig } from './noise-level-network.js';
import { stirred } from './stirred.fixture.js';

const tiny: NoiseLevelConfig = { channels: [4, 8], groups: 2, inChannels: 1 };

const input = (n: number, side: number, channels = 1) => noiseSource(Array.from({ length: n }, (_, i) => i), [side, side, channels]).next();

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each([
  ['of two levels', tiny, 4],
  ['of one level on colours', { channels: [8], groups: 4, inChannels: 3 }, 3],
  ['of three levels on a side that does not halve', { channels: [4, 8, 12], groups: 4, inChannels: 1 }, 7],
] as [string, NoiseLevelConfig, number][])('a noise-level network %s', (_, config, side) => {
  it('gives one number per image, zero at initialisation, and leaves no other tensor', () => {
    const network = noiseLevelNetwork(config);
    const weights = network.init(1);
    const x = input(3, side, config.inChannels);
    const held = tf.memory().numTensors;
    const y = network.apply(weights, x);
    expect(tf.memory().numTensors).toBe(held + 1);
    expect(Array.from(y.dataSync())).toEqual([0, 0, 0]);
    tf.dispose([weights, x, y]);
  });

  it('declares each parameter once, in an order and with the shapes of its weights', () => {
    const { parameters, init } = noiseLevelNetwork(config);
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
    const weights = init(3);
    expect(Object.keys(weights)).toEqual(parameters.map(({ name }) => name));
    for (const { name, shape } of parameters) expect(weights[name]!.shape).toEqual([...shape]);
    tf.dispose(weights);
  });

  it('treats each image by itself', () => tf.tidy(() => {
    const network = noiseLevelNetwork(config);
    const weights = stirred(noiseLevelNetwork(config).parameters);
    const x = input(3, side, config.inChannels);
    const together = network.apply(weights, x).dataSync();
    for (const i of [0, 1, 2]) expect(network.apply(weights, tf.slice(x, [i], [1])).dataSync()[0]).toBe(together[i]);
  }));
});

describe('a noise-level network', () => {
  it('depends on the magnitude of its input in spite of its norms', () => tf.tidy(() => {
    const { apply } = noiseLevelNetwork(tiny);
    const weights = stirred(noiseLevelNetwork(tiny).parameters);
    const x = input(1, 8);
    const [once, twice] = [x, tf.mul(x, 2) as Tensor4D].map((images) => apply(weights, images).dataSync()[0]!);
    expect(Math.abs(once! - twice!)).toBeGreaterThan(0.05);
  }));

  it('has the gradients that finite differences find, for every parameter', () => {
    const network = noiseLevelNetwork(tiny);
    const weights = stirred(noiseLevelNetwork(tiny).parameters);
    const noise = noiseSource([7, 8], [6, 6, 1]);
    const batch = { x0: noise.next(), eps: noise.next(), gammas: [0.2, 0.7] };
    const names = Object.keys(weights);
    const lossAt = (at: Record<string, Tensor>): Scalar => noiseLevelLoss((xt) => network.apply(at, xt), batch, 1);
    const grads = tf.grads((...values: Tensor[]) => lossAt(Object.fromEntries(names.map((name, i) => [name, values[i]!]))))(Object.values(weights));
    names.forEach((name, i) => tf.tidy(() => {
      const norm = tf.norm(grads[i]!).dataSync()[0]!;
      // along the gradient's own direction the slope is its norm; a fourth-order central difference
      const [h, direction] = [0.03, tf.div(grads[i]!, norm)];
      const shifted = (by: number) => lossAt({ ...weights, [name]: tf.add(weights[name]!, tf.mul(direction, by)) }).dataSync()[0]!;
      const slope = (8 * (shifted(h / 2) - shifted(-h / 2)) - (shifted(h) - shifted(-h))) / (6 * h);
      expect(norm).toBeGreaterThan(1e-5);
      expect(Math.abs(slope - norm)).toBeLessThan(0.01 * norm + 1e-4);
    }));
    tf.dispose([weights, grads, batch.x0, batch.eps]);
  });

  it('starts at zero, and learns the levels of a few images', () => {
    const network = noiseLevelNetwork({ channels: [4], groups: 2, inChannels: 1 });
    const variables = Object.fromEntries(Object.entries(network.init(1)).map(([name, value]) => {
      const variable = tf.variable(value);
      value.dispose();
      return [name, variable];
    }));
    const noise = noiseSource([1, 2, 3, 4, 5, 6], [4, 4, 1]);
    const batch = { x0: tf.tidy(() => tf.sub(tf.mul(noise.next(), 0.1), 0.28)) as Tensor4D, eps: noise.next(), gammas: [0.02, 0.1, 0.3, 0.7, 0.9, 0.98] };
    const loss = () => noiseLevelLoss((xt) => network.apply(variables, xt), batch, 1);
    const silent = batch.gammas.reduce((sum, gamma) => sum + logitOfGamma(gamma) ** 2 / batch.gammas.length, 0);
    expect(tf.tidy(() => loss().dataSync()[0])).toBeCloseTo(silent, 4);
    const adam = tf.train.adam(0.1);
    for (let step = 0; step < 12; step++) adam.minimize(loss, false, Object.values(variables));
    expect(tf.tidy(() => loss().dataSync()[0])).toBeLessThan(silent / 5);
    adam.dispose();
    tf.dispose([variables, batch.x0, batch.eps]);
  });
});
