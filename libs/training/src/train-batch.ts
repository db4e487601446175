import * as tf from '@tensorflow/tfjs-core';
import { sigmaOf } from '@elucidate/diffusion/levels';
import type { TrainingBatch } from '@elucidate/diffusion/losses';
import { type RandomStream, randomStream } from '@elucidate/diffusion/noise';
import type { Schedule } from '@elucidate/diffusion/schedules';
import { type ByteImages, channels, pickImages } from './images.js';
import { batchAt } from './order.js';

/** Levels stay inside this stretch of t: at 0 there is no noise to learn from, at 1 a schedule's last clipped gamma makes sigma 30,000. */
const trainedT = { from: 0.001, to: 0.999 } as const;

const noiseStream = 2;

/** `count` values of t, one from each of `count` equal slices of `trainedT` under one common shift: uniform each, spread evenly together (Kingma et al. 2021, app. I.1). */
function spreadT(count: number, random: RandomStream): number[] {
  const shift = random.uniform();
  return Array.from({ length: count }, (_, k) => trainedT.from + (trainedT.to - trainedT.from) * ((shift + k / count) % 1));
}

interface BatchRequest {
  images: ByteImages;
  orderOf: (epoch: number) => Uint32Array;
  schedule: Schedule;
  /** Input scale. */
  b: number;
  seed: number;
  /** Images of a full batch, which decide where the step begins, and of this one. */
  batch: number;
  count: number;
  step: number;
}

/** What step `step` trains on, a function of the request alone. The caller disposes x0 and eps. */
export function trainBatch({ images, orderOf, schedule, b, seed, batch, count, step }: BatchRequest): TrainingBatch {
  const random = randomStream([seed, noiseStream, step]);
  const sigmas = spreadT(count, random).map((t) => sigmaOf(schedule.gamma(t), b));
  const shape: [number, number, number, number] = [count, images.size, images.size, channels];
  const noise = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < noise.length; i += 1) noise[i] = random.normal();
  const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count });
  return { sigmas, x0: tf.tensor4d(pickImages(images, chosen), shape), eps: tf.tensor4d(noise, shape) };
}
