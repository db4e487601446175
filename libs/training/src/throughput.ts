import * as tf from '@tensorflow/tfjs-core';
import type { UNet } from '@elucidate/diffusion/unet';
import type { NetworkName } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import { planSweep } from '@elucidate/experiment/plan';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { batchDenoiser } from './batch-denoiser.js';
import { trainingDesign, type TrainParams } from './build.js';
import type { ByteImages } from './images.js';
import { train } from './loop.js';

/** How fast this process's engine trains and denoises, on random images: the time does not depend on their content. */

export const workloadNetworks = ['tiny', 'small', 'base', 'large'] as const;

export interface Workload<Network extends NetworkName = (typeof workloadNetworks)[number]> {
  network: Network;
  batch: number;
  resolution: 16 | 32;
}

/** Grey images with about the standard deviation of the real ones. */
const channels = 1;
const sigmaData = 0.66;

/** Seconds of each step or call: wall-clock time, and CPU time of all processors together. */
export interface Timing {
  wall: number;
  cpu: number;
}

export interface Timed {
  /** Not counted: the first steps compile code and allocate memory. */
  warmUp: number;
  steps: number;
}

/** A training run of a workload on this many images, everything else at a sweep's defaults. */
export function workloadParams({ network, batch, resolution }: Workload<NetworkName>, images: number): TrainParams {
  const spec = parseSpec({ name: 'throughput', dataset: { name: 'fashion-mnist', resolution }, train: { network, batch, images } });
  return planSweep(spec).stages.find(({ kind }) => kind === 'train')!.params as TrainParams;
}

/** Number of weights of a workload's network. */
export function parameterCount(workload: Workload<NetworkName>): number {
  return networkOf(workloadParams(workload, 0)).parameters.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
}

function networkOf(params: TrainParams): UNet {
  const { network } = trainingDesign(params, sigmaData);
  if (network === undefined) throw new ElucidateError('stage.failed', `${JSON.stringify(params.network)} has no network to train`);
  return network;
}

/** Random-looking bytes to train on. */
export function randomImages({ batch, resolution: size }: Workload<NetworkName>): { images: ByteImages; sigmaData: number } {
  const count = 4 * batch;
  const data = Uint8Array.from({ length: count * size * size * channels }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
  return { images: { count, size, channels, data }, sigmaData };
}

/** Times training steps as libs/training makes them: batch, loss, gradients, clipping, Adam, EMA; by default on random images. */
export async function timeTraining(workload: Workload<NetworkName>, { warmUp, steps }: Timed, data: Parameters<typeof train>[1] = randomImages(workload)): Promise<Timing[]> {
  const ends: Timing[] = [];
  const params = workloadParams(workload, (warmUp + steps) * workload.batch);
  await train(params, data, { onProgress: () => ends.push(now()) });
  return differences(ends.slice(warmUp - 1));
}

/** Times denoiser calls on a batch, as each step of a sampler makes them. */
export async function timeDenoising(workload: Workload<NetworkName>, { warmUp, steps }: Timed): Promise<Timing[]> {
  const params = workloadParams(workload, 0);
  const tensors = networkOf(params).init(1);
  const { denoiser, dispose } = batchDenoiser({ params, sigmaData, tensors }, { noiseLevel: { kind: 'known' }, guidance: { kind: 'none' } }, undefined);
  const y: tf.Tensor4D = tf.randomNormal([workload.batch, workload.resolution, workload.resolution, channels], 0, 1, 'float32', 1);
  const ends: Timing[] = [];
  for (let i = 0; i < warmUp + steps; i += 1) {
    const images = (await denoiser(y, 1)) as tf.Tensor4D;
    await images.data();
    images.dispose();
    ends.push(now());
  }
  dispose();
  tf.dispose([tensors, y]);
  return differences(ends.slice(warmUp - 1));
}

/** GFLOP/s of the engine's own product of two size x size matrices, the best of a few runs. */
export async function matrixProductRate(size: number, tries = 5): Promise<number> {
  const [a, b] = [1, 2].map((seed) => tf.randomNormal([size, size], 0, 1, 'float32', seed)) as [tf.Tensor2D, tf.Tensor2D];
  let best = Infinity;
  for (let i = 0; i < tries; i += 1) {
    const began = performance.now();
    // one number is read, since reading all of them from a device takes longer than multiplying
    const one = tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
    await one.data();
    best = Math.min(best, (performance.now() - began) / 1000);
    one.dispose();
  }
  tf.dispose([a, b]);
  return (2 * size ** 3) / best / 1e9;
}

function now(): Timing {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

function differences(ends: readonly Timing[]): Timing[] {
  return ends.slice(1).map(({ wall, cpu }, i) => ({ wall: wall - ends[i]!.wall, cpu: cpu - ends[i]!.cpu }));
}
