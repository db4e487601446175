import * as tf from '@tensorflow/tfjs-core';
import { unet } from '@elucidate/diffusion/unet';
import type { SimdBackend } from '@elucidate/engine/simd/simd-backend';
import { startEngine } from '@elucidate/engine/start';
import { trainerOf } from './choose-trainer.js';
import { copyWeights, fromTensors, type HostWeights, toTensors } from './host-weights.js';
import { adamDefaults, adamStart } from './optimiser.js';

const network = unet({ channels: [8, 16], blocks: 1, attention: true, groups: 4, inChannels: 1 });
const noise = (shape: [number, number, number, number], seed: number): tf.Tensor4D => tf.randomNormal(shape, 0, 1, 'float32', seed);
const levels = (n: number): tf.Tensor1D => tf.tensor1d(Array.from({ length: n }, (_, i) => (i + 0.5) / n));

/** Starts simd with this many threads, splitting even the smallest work among them. */
async function start(threads: number): Promise<void> {
  await startEngine({ backend: 'simd', threads });
  (tf.backend() as SimdBackend).smallestShare = 1;
}

/** Moves every weight away from 0, where the last convolutions start, so that every gradient counts. */
async function startWeights(): Promise<HostWeights> {
  const tensors = tf.tidy(() => Object.fromEntries(Object.entries(network.init(1)).map(([name, w], i) => [name, tf.add(w, tf.randomNormal(w.shape, 0, 0.05, 'float32', i + 1))])));
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return weights;
}

/** All weights after a few steps of Adam on noise, as bytes. */
async function trained(steps: number): Promise<string> {
  const weights = await startWeights();
  const state = { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [] };
  const trainer = trainerOf(state);
  for (let step = 0; step < steps; step++) {
    const loss = await trainer.step((tensors) => tf.tidy(() => {
      const x = noise([6, 8, 8, 1], step + 1);
      return tf.mean<tf.Scalar>(tf.square(tf.sub(network.apply(tensors, x, { level: levels(6) }), noise([6, 8, 8, 1], step + 100))));
    }), {}, { ...adamDefaults, learningRate: 1e-3, gradientLimit: 1, decay: 0.9 });
    expect(loss).toBeGreaterThan(0);
  }
  const { weights: moved } = await trainer.state();
  trainer.dispose();
  return Object.values(moved).map(({ data }) => Buffer.from(data.buffer).toString('base64')).join(' ');
}

afterAll(() => startEngine({ backend: 'simd' }));

test('a U-Net with attention, trained on one, two or three threads, has the same weights, bit for bit', async () => {
  await start(1);
  const alone = await trained(3);
  for (const threads of [2, 3]) {
    await start(threads);
    expect(await trained(3)).toBe(alone);
  }
});

test('eight images together give the bytes that each gives alone', async () => {
  await start(1);
  const tensors = toTensors(await startWeights());
  tf.tidy(() => {
    const x = noise([8, 8, 8, 1], 5);
    const c = levels(8);
    const together = network.apply(tensors, x, { level: c }).dataSync();
    const alone = Array.from({ length: 8 }, (_, i) => [...network.apply(tensors, tf.slice(x, i, 1), { level: tf.slice(c, i, 1) }).dataSync()]).flat();
    expect([...together]).toEqual(alone);
  });
  tf.dispose(tensors);
});

test('the memory of an engine is constant while a network trains', async () => {
  await start(1);
  await trained(4);
  const { heap } = tf.backend() as SimdBackend;
  const held = [heap.memory.buffer.byteLength, tf.memory().numTensors];
  await trained(60);
  expect([heap.memory.buffer.byteLength, tf.memory().numTensors]).toEqual(held);
});
