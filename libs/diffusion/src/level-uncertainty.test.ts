import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { DenoiserOptions } from './denoiser.js';
import { uncertaintyOf } from './level-uncertainty.js';
import { logVarianceOf, lossFrom, lossTensors, trainingLoss } from './losses.js';
import { noiseSource } from './noise.js';

const learned = { kind: 'learned', channels: 32 } as const;
const head = uncertaintyOf(learned)!;
const sigmas = [0.05, 0.2, 1, 8];
const options: DenoiserOptions = { kind: 'v', b: 0.7, sigmaData: 0.5, normalisation: 'analytic', conditioning: Math.log };

/** Four images of 2 x 2 with their noise. */
function batchOf(): { x0: Tensor4D; eps: Tensor4D; sigmas: number[] } {
  const noise = noiseSource([1, 2, 3, 4], [2, 2, 1]);
  return { x0: tf.tidy(() => tf.mul(noise.next(), 0.5)), eps: noise.next(), sigmas };
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const number = (tensor: tf.Tensor): number => tensor.dataSync()[0]!;
/** The loss of one image, weighted as in EDM, when the network answers 0. */
const errorOf = (k: number): number => tf.tidy(() => {
  const { x0, eps } = batchOf();
  const one = (images: Tensor4D) => tf.slice(images, [k, 0, 0, 0], [1, 2, 2, 1]);
  return number(trainingLoss((x) => tf.zerosLike(x), { x0: one(x0), eps: one(eps), sigmas: [sigmas[k]!] }, options, { kind: 'edm' }));
});
const lossWith = (weights: Record<string, tf.Tensor>, tensors = lossTensors(batchOf(), options, learned)) => tf.tidy(() => {
  return lossFrom((x) => tf.zerosLike(x), tensors, options.normalisation, logVarianceOf(learned, weights, tensors));
});

it('a learned weight starts as that of EDM', () => tf.tidy(() => {
  expect(number(lossWith(head.init()))).toBe(number(trainingLoss((x) => tf.zerosLike(x), batchOf(), options, { kind: 'edm' })));
}));

it('a learned weight divides the error of each image by e^u of its level, and adds u', () => tf.tidy(() => {
  const weights = { levelUncertainty: tf.tensor2d(Array.from({ length: 32 }, (_, i) => Math.sin(i)), [32, 1]) };
  const u = [...head.of(weights, head.features(sigmas)).dataSync()];
  expect(new Set(u.map((value) => value.toFixed(3))).size).toBe(4);
  const expected = u.reduce((sum, value, k) => sum + (errorOf(k) * Math.exp(-value) + value) / 4, 0);
  expect(number(lossWith(weights)) / expected).toBeCloseTo(1, 5);
}));

it('what a learned weight converges to is the logarithm of the loss at each level, so that every level then counts as 1', () => tf.tidy(() => {
  const errors = sigmas.map((_, k) => errorOf(k));
  const tensors = lossTensors(batchOf(), options, learned);
  const gradient = tf.grad((w) => lossWith({ levelUncertainty: w }, tensors));
  let weight = head.init()['levelUncertainty'] as Tensor2D;
  for (let i = 0; i < 150; i++) weight = tf.tidy(() => tf.sub(weight, tf.mul(gradient(weight), 3)));
  head.of({ levelUncertainty: weight }, head.features(sigmas)).dataSync().forEach((u, k) => expect(Math.exp(u) / errors[k]!).toBeCloseTo(1, 1));
  // the least that e/x + ln x can be
  expect(number(lossWith({ levelUncertainty: weight }))).toBeCloseTo(1 + errors.reduce((sum, error) => sum + Math.log(error) / 4, 0), 2);
}));

it('the head sees a level in cosines whose squares sum to about 1, the same in every process', () => tf.tidy(() => {
  const wide = uncertaintyOf({ kind: 'learned', channels: 512 })!;
  const lengths = tf.sum(tf.square(wide.features([0.002, 0.5, 80])), 1).dataSync();
  for (const length of lengths) expect(Math.abs(length - 1)).toBeLessThan(0.2);
  expect(uncertaintyOf({ kind: 'edm' })).toBeUndefined();
}));
