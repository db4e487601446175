import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DenoiserOptions } from './denoiser.js';
import { sigmaOf } from './levels.js';
import { mixed, targetCoefficients, trainingLoss } from './losses.js';
import type { TrainingBatch } from './losses.js';
import { lossWeight } from './loss-weights.js';
import type { LossWeightShape } from './loss-weights.js';
import { noiseSource } from './noise.js';
import { gaussianDenoiser } from './oracles.js';
import { outputScalings } from './preconditioning.js';
import type { Parameterisation } from './preconditioning.js';

const kinds: Parameterisation[] = ['eps', 'x0', 'v', 'edm', 'flow', 've'];
const shapes: LossWeightShape[] = [{ kind: 'uniform' }, { kind: 'edm' }, { kind: 'eps' }, { kind: 'min-snr', snrCap: 5 }, { kind: 'soft-min-snr', snrCap: 5 }, { kind: 'sigmoid', bias: -1.5 }];
const weights = shapes.slice(1);
const gammas = [1e-4, 0.05, 0.3, 0.5, 0.8333, 0.95, 0.9999];
const sigmaData = 0.66;

/** One noise level in all its coordinates. */
interface Level {
  gamma: number;
  snr: number;
  sigma: number;
  b: number;
}

const levels: Level[] = [0.3, 1, 1.5].flatMap((b) => gammas.map((gamma) => ({ gamma, snr: gamma / (1 - gamma), sigma: sigmaOf(gamma, b), b })));
const minSnr = ({ snr }: Level) => Math.min(snr, 5);
const softSnr = ({ snr }: Level) => (snr * 5) / (snr + 5);
const sigmoid = ({ snr }: Level) => 1 / (1 + Math.exp(1.5 + Math.log(snr)));
const flowTime = ({ b, sigma }: Level) => (b * sigma) / (1 + b * sigma);
const lambda = ({ sigma }: Level) => (sigma ** 2 + sigmaData ** 2) / (sigma * sigmaData) ** 2;

/** Closed forms, each written out by hand for one parameterisation's own target. */
const closedForms: [LossWeightShape['kind'], Parameterisation, (level: Level) => number][] = [
  ['edm', 'eps', (level) => lambda(level) * level.sigma ** 2],
  ['edm', 'x0', (level) => lambda(level) / level.b ** 2],
  ['edm', 'v', (level) => (lambda(level) * (1 - level.gamma)) / level.b ** 2],
  ['edm', 'edm', () => 1],
  ['edm', 'flow', (level) => (lambda(level) * flowTime(level) ** 2) / level.b ** 2],
  ['edm', 've', (level) => lambda(level) * level.sigma ** 2],
  // EDM, Table 1: 1/sigma^2 on x0-hat
  ['eps', 'eps', () => 1],
  ['eps', 've', () => 1],
  ['eps', 'x0', (level) => 1 / (level.b * level.sigma) ** 2],
  ['eps', 'edm', (level) => sigmaData ** 2 / (level.sigma ** 2 + sigmaData ** 2)],
  // Hang et al. 2023
  ['min-snr', 'x0', minSnr],
  ['min-snr', 'eps', (level) => minSnr(level) / level.snr],
  ['min-snr', 'v', (level) => minSnr(level) / (level.snr + 1)],
  ['min-snr', 'flow', (level) => minSnr(level) * flowTime(level) ** 2],
  ['min-snr', 'edm', (level) => (minSnr(level) * level.b ** 2) / lambda(level)],
  ['soft-min-snr', 'x0', softSnr],
  ['soft-min-snr', 'eps', ({ snr }) => 5 / (snr + 5)],
  ['soft-min-snr', 'v', (level) => softSnr(level) / (level.snr + 1)],
  // Kingma & Gao 2023
  ['sigmoid', 'eps', sigmoid],
  ['sigmoid', 'x0', (level) => sigmoid(level) * level.snr],
  ['sigmoid', 'v', (level) => sigmoid(level) * level.gamma],
  ['sigmoid', 'flow', (level) => sigmoid(level) * (1 - flowTime(level)) ** 2],
];

describe.each(closedForms)('weight %s on a network of kind %s', (name, kind, closed) => {
  it('is its closed form', () => {
    const shape = shapes.find((other) => other.kind === name)!;
    for (const level of levels) expect(lossWeight(shape, level.sigma, { kind, b: level.b, sigmaData }) / closed(level)).toBeCloseTo(1, 10);
  });
});

describe('lossWeight', () => {
  it('is exactly 1 if uniform, and for EDM\'s weight on EDM\'s target', () => {
    for (const { sigma, b } of levels) {
      for (const kind of kinds) expect(lossWeight({ kind: 'uniform' }, sigma, { kind, b, sigmaData })).toBe(1);
      expect(lossWeight({ kind: 'edm' }, sigma, { kind: 'edm', b, sigmaData })).toBe(1);
    }
  });

  it('soft-min-snr is k-diffusion\'s where snrCap is 1/(b sigmaData)^2', () => {
    for (const { sigma, b } of levels) {
      const weight = lossWeight({ kind: 'soft-min-snr', snrCap: 1 / (b * sigmaData) ** 2 }, sigma, { kind: 'edm', b, sigmaData });
      expect(weight / ((sigma * sigmaData) ** 2 / (sigma ** 2 + sigmaData ** 2) ** 2)).toBeCloseTo(1, 10);
    }
  });

  it('soft-min-snr lies between half of min-snr and min-snr, and tends to min-snr at both ends', () => {
    const ratio = (sigma: number) => lossWeight({ kind: 'soft-min-snr', snrCap: 5 }, sigma, { kind: 'v', b: 1, sigmaData }) / lossWeight({ kind: 'min-snr', snrCap: 5 }, sigma, { kind: 'v', b: 1, sigmaData });
    for (const { sigma } of levels) {
      expect(ratio(sigma)).toBeLessThan(1);
      expect(ratio(sigma)).toBeGreaterThanOrEqual(0.5);
    }
    expect(ratio(Math.sqrt(1 / 5))).toBeCloseTo(0.5, 12);
    expect(ratio(1e-4)).toBeCloseTo(1, 6);
    expect(ratio(1e4)).toBeCloseTo(1, 6);
  });

  it('depends on gamma alone if it is a weight of the SNR, and on sigma alone if it is EDM\'s', () => {
    // eps: a target that does not depend on b
    const at = (shape: LossWeightShape, sigma: number, b: number) => lossWeight(shape, sigma, { kind: 'eps', b, sigmaData });
    for (const gamma of gammas) {
      for (const shape of weights.filter(({ kind }) => kind !== 'edm')) expect(at(shape, sigmaOf(gamma, 0.5), 0.5) / at(shape, sigmaOf(gamma, 1), 1)).toBeCloseTo(1, 10);
      expect(at({ kind: 'edm' }, sigmaOf(gamma, 1), 0.5)).toBe(at({ kind: 'edm' }, sigmaOf(gamma, 1), 1));
    }
  });
});

const sigmas = [0.05, 0.8, 6];
const options = (kind: Parameterisation): DenoiserOptions => ({ kind, normalisation: 'analytic', b: 0.4, sigmaData, conditioning: (sigma) => sigma });

function batchOf(seed: number): TrainingBatch {
  const noise = noiseSource([seed, seed + 1, seed + 2], [3, 3, 2]);
  return { x0: tf.tidy(() => tf.sub(tf.mul(noise.next(), 0.5), 0.56)) as Tensor4D, eps: noise.next(), sigmas };
}

/** The output of a network of this kind whose denoiser is that of N(-.5, .66^2), in float64 until the end. */
function answers(kind: Parameterisation, { x0, eps }: TrainingBatch): Tensor4D {
  const best = gaussianDenoiser({ mean: -0.5, std: sigmaData });
  const [clean, noise] = [x0.dataSync(), eps.dataSync()];
  const perImage = clean.length / sigmas.length;
  return tf.tensor4d(Float32Array.from(clean, (value, i) => {
    const sigma = sigmas[Math.floor(i / perImage)]!;
    const { cSkip, cOut } = outputScalings(kind, sigma, options(kind));
    const y = value + sigma * noise[i]!;
    return (best(y, sigma) - cSkip * y) / cOut;
  }), x0.shape);
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe('the training loss', () => {
  it.each(weights)('weighted by %j is the same for the same denoiser, whatever its network predicts', (weight) => tf.tidy(() => {
    const batch = batchOf(3);
    const [first, ...others] = kinds.map((kind) => trainingLoss(() => answers(kind, batch), batch, options(kind), weight).dataSync()[0]!);
    expect(first).toBeGreaterThan(0);
    // float32 outputs: eps from x0-hat at sigma 0.05 keeps five digits
    for (const other of others) expect(other! / first!).toBeCloseTo(1, 3);
  }));

  it('without a weight is not the same', () => tf.tidy(() => {
    const batch = batchOf(3);
    const found = kinds.map((kind) => trainingLoss(() => answers(kind, batch), batch, options(kind)).dataSync()[0]!);
    expect(Math.max(...found) / Math.min(...found)).toBeGreaterThan(2);
  }));

  it.each(kinds)('of kind %s with a uniform weight is the plain mean square to the last bit', (kind) => tf.tidy(() => {
    const batch = batchOf(5);
    const plain = tf.mean(tf.square(tf.sub(batch.eps, mixed(batch, targetCoefficients(sigmas, options(kind)))))).dataSync()[0];
    expect(trainingLoss(() => batch.eps, batch, options(kind)).dataSync()[0]).toBe(plain);
    expect(trainingLoss(() => batch.eps, batch, options(kind), { kind: 'uniform' }).dataSync()[0]).toBe(plain);
  }));

  it.each(weights)('weighted by %j multiplies the loss of each image, and its gradient', (weight) => tf.tidy(() => {
    const batch = batchOf(8);
    const target = mixed(batch, targetCoefficients(sigmas, options('v')));
    // a network of one number: output = scale * x
    const lossOf = (scale: tf.Scalar, shape?: LossWeightShape) => trainingLoss((x) => tf.mul(x, scale), batch, options('v'), shape);
    const { value, grad } = tf.valueAndGrad((scale: tf.Tensor) => lossOf(scale as tf.Scalar, weight))(tf.scalar(0.7));
    let inputs: Tensor4D | undefined;
    trainingLoss((x) => (inputs = tf.keep(tf.clone(x))), batch, options('v'));
    const [x, goal] = [inputs!.dataSync(), target.dataSync()];
    inputs!.dispose();
    const perPixel = Array.from(x, (input, i) => ({ input, error: 0.7 * input - goal[i]!, weight: lossWeight(weight, sigmas[Math.floor(i / 18)]!, options('v')) }));
    const mean = (f: (pixel: (typeof perPixel)[number]) => number) => perPixel.reduce((sum, pixel) => sum + f(pixel), 0) / perPixel.length;
    expect(value.dataSync()[0]! / mean((pixel) => pixel.weight * pixel.error ** 2)).toBeCloseTo(1, 5);
    expect(grad.dataSync()[0]! / mean((pixel) => 2 * pixel.weight * pixel.error * pixel.input)).toBeCloseTo(1, 4);
  }));
});
