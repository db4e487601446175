import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { denoiserOf } from './denoiser.js';
import { sinusoidNumbers, sinusoids } from './embedding.js';
import { trainingLoss } from './losses.js';
import { type Network, oneHot } from './network.js';
import { noiseSource } from './noise.js';
import { perImageDenoiserOf } from './per-image-denoiser.js';
import { unet } from './unet.js';
import type { UNetConfig } from './unet.js';
import { stirred } from './stirred.fixture.js';

const tiny: UNetConfig = { channels: [4, 8], blocks: 1, attention: true, groups: 2, inChannels: 1 };

/** Small networks of the other architectures, each with every option. */
const ddpm: UNetConfig = { architecture: 'ddpm', channels: [4, 8], blocks: 2, attention: [1], headChannels: 2, groups: 2, inChannels: 1 };
const ddpmPlusPlus: UNetConfig = { architecture: 'ddpm++', channels: [8, 8, 16], baseChannels: 4, blocks: 1, attention: [0, 1], groups: 4, scaleShift: true, inChannels: 3 };

/** Given the class of each image. */
const conditional: UNetConfig = { ...tiny, classes: 3 };

const labelsOf = ({ classes }: UNetConfig, n: number) => (classes === undefined ? undefined : oneHot(Array.from({ length: n }, (_, i) => [2, undefined, 0][i]), classes));

const countOf = (config: UNetConfig) => unet(config).parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

const input = (n: number, side: number, channels = 1) => noiseSource(Array.from({ length: n }, (_, i) => i), [side, side, channels]).next();

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each([
  ['tiny with attention', tiny, 4],
  ['one level', { channels: [8], blocks: 2, attention: false, groups: 4, inChannels: 3 }, 3],
  ['three levels', { channels: [4, 8, 12], blocks: 2, attention: false, groups: 4, inChannels: 1 }, 8],
  ['given classes', conditional, 4],
  ['as DDPM', ddpm, 8],
  ['as DDPM++', ddpmPlusPlus, 8],
] as [string, UNetConfig, number][])('U-Net %s', (_, config, side) => {
  it('gives an image of its input\'s shape, zero at initialisation, and leaves no other tensor', () => {
    const network = unet(config);
    const weights = network.init(1);
    const [x, c] = [input(2, side, config.inChannels), tf.tensor1d([0.2, 0.9])];
    const held = tf.memory().numTensors;
    const y = network.apply(weights, x, { level: c });
    expect(tf.memory().numTensors).toBe(held + 1);
    expect(y.shape).toEqual(x.shape);
    expect(y.dataSync().every((value) => value === 0)).toBe(true);
    tf.dispose([weights, x, c, y]);
  });

  it('declares each parameter once, in an order and with the shapes of its weights', () => {
    const { parameters, init } = unet(config);
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
    const weights = init(3);
    expect(Object.keys(weights)).toEqual(parameters.map(({ name }) => name));
    for (const { name, shape } of parameters) expect(weights[name]!.shape).toEqual([...shape]);
    tf.dispose(weights);
  });

  it('treats each image by itself', () => tf.tidy(() => {
    const network = unet(config);
    const weights = stirred(unet(config).parameters);
    const [x, c] = [input(3, side, config.inChannels), tf.tensor1d([0.1, -1.5, 0.8])];
    const label = labelsOf(config, 3);
    const together = network.apply(weights, x, { level: c, label });
    for (const i of [0, 1, 2]) {
      const one = <T extends Tensor>(batch: T) => tf.slice(batch, [i], [1]) as T;
      const alone = network.apply(weights, one(x), { level: one(c), label: label && one(label) });
      expect(Array.from(alone.dataSync())).toEqual(Array.from(one(together).dataSync()));
    }
  }));
});

/** The loss of a network in general position, and its gradient with respect to each weight. */
function differentiated(config: UNetConfig) {
  const network = unet(config);
  const weights = stirred(network.parameters);
  const [x, c, goal] = [input(2, 4, config.inChannels), tf.tensor1d([0.3, -0.7]), tf.tidy(() => tf.sin(tf.mul(input(2, 4, config.inChannels), 3)) as Tensor4D)];
  const label = labelsOf(config, 2);
  const names = Object.keys(weights);
  const lossOf = (at: Record<string, Tensor>) => tf.tidy(() => tf.mean<tf.Scalar>(tf.square(tf.sub(network.apply(at, x, { level: c as Tensor1D, label }), goal))));
  const grads = tf.grads((...values: Tensor[]) => lossOf(Object.fromEntries(names.map((name, i) => [name, values[i]!]))))(Object.values(weights));
  return { weights, grads, lossAt: (at: Record<string, Tensor>) => lossOf(at).dataSync()[0]!, dispose: () => tf.dispose([weights, grads, x, c, goal, label ?? []]) };
}

/** Fourth-order central difference; a step of 0.03 keeps both float32 rounding and curvature small. */
function slopeOf(f: (by: number) => number, h = 0.03): number {
  return (8 * (f(h / 2) - f(-h / 2)) - (f(h) - f(-h))) / (6 * h);
}

describe('U-Net', () => {
  it('starts from the same weights under the same seed and from others under another', () => tf.tidy(() => {
    const [a, again, other] = [unet(tiny).init(1), unet(tiny).init(1), unet(tiny).init(2)].map((weights) => Array.from(weights['enter.kernel']!.dataSync()));
    expect(again).toEqual(a);
    expect(other).not.toEqual(a);
  }));

  it('initialises shared parameters alike with and without attention', () => tf.tidy(() => {
    const [plain, attending] = [unet({ ...tiny, attention: false }).init(1), unet(tiny).init(1)];
    for (const [name, value] of Object.entries(plain)) expect(Array.from(attending[name]!.dataSync())).toEqual(Array.from(value.dataSync()));
  }));

  it('given classes initialises its other parameters alike, and treats images of different classes and of none differently', () => tf.tidy(() => {
    const [plain, given] = [unet(tiny).init(1), unet(conditional).init(1)];
    for (const [name, value] of Object.entries(plain)) expect(Array.from(given[name]!.dataSync())).toEqual(Array.from(value.dataSync()));
    const network = unet(conditional);
    const weights = stirred(network.parameters);
    const [x, level] = [tf.tile(input(1, 4), [4, 1, 1, 1]) as Tensor4D, tf.fill([4], 0.3) as Tensor1D];
    const [first, second, none, again] = tf.split(network.apply(weights, x, { level, label: oneHot([0, 1, undefined, 0], 3) }), 4).map((image) => Array.from(image.dataSync()));
    expect(first).toEqual(again);
    for (const [a, b] of [[first, second], [first, none], [second, none]]) expect(a).not.toEqual(b);
    // with no class the network equals the one without labels
    const [unlabelled] = tf.split(network.apply(weights, x, { level }), 4).map((image) => Array.from(image.dataSync()));
    expect(unlabelled).toEqual(none);
  }));

  it('has the number of parameters that its shape implies', () => {
    // small: channels 16/32/64, two blocks per level
    const { parameters } = unet({ channels: [16, 32, 64], blocks: 2, attention: false, groups: 8, inChannels: 1 });
    const count = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(count).toBe(sizeBySum([16, 32, 64], 2));
  });

  it('has the gradients that finite differences find, for every parameter', () => {
    const { weights, grads, lossAt, dispose } = differentiated(tiny);
    Object.keys(weights).forEach((name, i) => tf.tidy(() => {
      const norm = tf.norm(grads[i]!).dataSync()[0]!;
      expect(norm).toBeGreaterThan(1e-5);
      // along the gradient's own direction the slope is its norm
      const slope = slopeOf((by) => lossAt({ ...weights, [name]: tf.add(weights[name]!, tf.mul(grads[i]!, by / norm)) }));
      expect(Math.abs(slope - norm)).toBeLessThan(0.01 * norm + 1e-5);
    }));
    dispose();
  });

  it.each([
    ['given classes', conditional],
    ['DDPM', ddpm],
    ['DDPM with scale and shift', { ...ddpm, blocks: 1, scaleShift: true }],
    ['DDPM++', { ...ddpmPlusPlus, channels: [4, 4], groups: 2, scaleShift: false, inChannels: 1 }],
  ] as [string, UNetConfig][])('has the slopes that finite differences find in directions of all parameters at once: %s', (_, config) => {
    const { weights, grads, lossAt, dispose } = differentiated(config);
    for (let i = 0; i < 6; i++) tf.tidy(() => {
      const direction = Object.values(weights).map(({ shape }, k) => tf.randomNormal(shape, 0, 0.1, 'float32', 1000 * i + k));
      const slope = slopeOf((by) => lossAt(Object.fromEntries(Object.entries(weights).map(([name, value], k) => [name, tf.add(value, tf.mul(direction[k]!, by))]))));
      const products = direction.map((part, k) => tf.sum(tf.mul(part, grads[k]!)).dataSync()[0]!);
      const length = Math.hypot(...products);
      expect(Math.abs(slope - products.reduce((a, b) => a + b, 0))).toBeLessThan(0.01 * length + 1e-5);
    });
    dispose();
  });

  it.each([
    // UNet2DModel(in_channels=1, out_channels=1, block_out_channels=(32, 64, 128, 256), norm_num_groups=8) of diffusers, as counted by diffusers
    ['the fast.ai lesson\'s', { architecture: 'ddpm', channels: [32, 64, 128, 256], blocks: 2, attention: [1, 2, 3], headChannels: 8, groups: 8, inChannels: 1 }, 15_890_753],
    ['EDM\'s DDPM++', { architecture: 'ddpm++', channels: [256, 256, 256], baseChannels: 128, blocks: 4, attention: [1], groups: 32, inChannels: 3, augmentationLabels: 9 }, 55_733_891],
  ] as [string, UNetConfig, number][])('has as many parameters as %s network', (_, config, count) => {
    expect(countOf(config)).toBe(count);
  });

  it('passes the map before each block\'s last convolution to dropout, once per block and pass', () => tf.tidy(() => {
    const names: string[] = [];
    const network = unet(ddpm);
    const weights = stirred(network.parameters);
    const [x, c] = [input(1, 8), tf.tensor1d([0.4])];
    const plain = network.apply(weights, x, { level: c });
    const same = network.apply(weights, x, { level: c }, { dropout: (h, name) => { names.push(name); return h; } });
    expect(Array.from(same.dataSync())).toEqual(Array.from(plain.dataSync()));
    expect(names).toEqual(['down.0.0', 'down.0.1', 'down.1.0', 'down.1.1', 'middle', 'middle.1', 'up.1.0', 'up.1.1', 'up.1.2', 'up.0.0', 'up.0.1', 'up.0.2']);
    const without = network.apply(weights, x, { level: c }, { dropout: (h, name) => (name === 'up.0.2' ? tf.zerosLike(h) : h) });
    expect(Array.from(without.dataSync())).not.toEqual(Array.from(plain.dataSync()));
  }));
});

describe('sinusoids', () => {
  it('computed on the host are the numbers of an engine with JavaScript\'s sines, bit for bit, and serve a network and a denoiser in place of its own', () => {
    const levels = [0, 1e-3, -0.4, 1, 1, 3.1, 80, -79.3];
    expect(sinusoidNumbers(levels, 32)).toEqual(tf.tidy(() => sinusoids(tf.tensor1d(levels), 32).dataSync()));
    const network = unet(tiny);
    tf.tidy(() => {
      const [weights, x] = [stirred(network.parameters), input(2, 4)];
      const own = network.apply(weights, x, { level: tf.tensor1d([0.2, 0.9]) }).dataSync();
      // the level itself is not looked at any more
      expect(network.apply(weights, x, { level: tf.tensor1d([5, 7]), waves: network.embedding([0.2, 0.9]) }).dataSync()).toEqual(own);
      const options = { kind: 'edm', b: 1, sigmaData: 0.5, normalisation: 'analytic', conditioning: (sigma: number) => Math.log(sigma) / 4 } as const;
      const asked: number[][] = [];
      const embedding = (given: readonly number[]) => { asked.push([...given]); return network.embedding(given); };
      const raw: Network = (y, condition) => network.apply(weights, y, condition);
      const images = [denoiserOf(raw, options)(x, 2), perImageDenoiserOf(raw, options)(x, [2, 3])].map((image) => image.dataSync());
      expect([denoiserOf(raw, { ...options, embedding })(x, 2), perImageDenoiserOf(raw, { ...options, embedding })(x, [2, 3])].map((image) => image.dataSync())).toEqual(images);
      const batch = { x0: x, eps: x, sigmas: [2, 3] };
      expect(trainingLoss(raw, batch, { ...options, embedding }).dataSync()).toEqual(trainingLoss(raw, batch, options).dataSync());
      expect(asked).toEqual([[2, 2], [2, 3], [2, 3]].map((sigmas) => sigmas.map(options.conditioning)));
    });
  });

  it('distinguish neighbouring levels, by t and by ln(sigma)/4', () => tf.tidy(() => {
    const levels = [...Array.from({ length: 101 }, (_, i) => i / 100), ...Array.from({ length: 40 }, (_, i) => -1.6 + i * 0.04)];
    const rows = sinusoids(tf.tensor1d(levels), 32).arraySync();
    rows.forEach((row, i) => rows.slice(i + 1).forEach((other) => expect(Math.hypot(...row.map((value, k) => value - other[k]!))).toBeGreaterThan(0.1)));
  }));

  it('distinguish raw levels from 0.002 to 80, but near 80 close ones are as dissimilar as any', () => tf.tidy(() => {
    const levels = Array.from({ length: 200 }, (_, i) => 0.002 * 40_000 ** (i / 199));
    const rows = sinusoids(tf.tensor1d(levels), 32).arraySync();
    const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, k) => value - b[k]!));
    rows.forEach((row, i) => rows.slice(i + 1).forEach((other) => expect(distance(row, other)).toBeGreaterThan(0.03)));
    // rows of 16 uncorrelated unit vectors are sqrt(32) apart
    const steps = rows.slice(1).map((row, i) => distance(row, rows[i]!) / Math.sqrt(32));
    expect(steps[0]).toBeLessThan(0.01);
    for (const step of steps.slice(-20)) expect(step).toBeGreaterThan(0.8);
  }));

  it('have length 1 at each frequency', () => tf.tidy(() => {
    const [row] = sinusoids(tf.tensor1d([0.37]), 8).arraySync();
    for (let k = 0; k < 4; k++) expect(Math.hypot(row![k]!, row![k + 4]!)).toBeCloseTo(1, 5);
  }));
});

/** Parameters counted from the architecture's description, not from its code. */
function sizeBySum(channels: readonly number[], blocks: number): number {
  const width = 4 * channels[0]!;
  const residual = (from: number, out: number) => 2 * from + 9 * from * out + width * out + out + 2 * out + 9 * out * out + (from === out ? 0 : from * out);
  const levels = channels.map((out, level) => {
    const finer = channels[level - 1];
    return blocks * (residual(out, out) + residual(2 * out, out)) + (finer === undefined ? 0 : 18 * finer * out);
  });
  const embedding = 2 * channels[0]! * width + width + width * width + width;
  const ends = 9 * channels[0]! + channels[0]! + 2 * channels[0]! + 9 * channels[0]! + 1;
  return levels.reduce((a, b) => a + b, 0) + embedding + ends + residual(channels.at(-1)!, channels.at(-1)!);
}
