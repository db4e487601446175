import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { clamped, counted, type Denoiser } from '@elucidate/diffusion/denoiser';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { startOf } from '@elucidate/diffusion/walk';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress } from '@elucidate/experiment/execution';
import { type SampleParams, samplingDesign, trainedDenoiser, type TrainParams } from './build.js';
import { type HostWeights, toTensors } from './host-weights.js';
import { type ByteImages, channels, unitToByte } from './images.js';

export interface SampleHooks {
  /** Images generated together; results do not depend on it. Default 64. */
  batch?: number;
  signal?: AbortSignal;
  onProgress?(progress: StageProgress): void;
}

/** Generated images, [n, h, w, 1] bytes, and the denoiser calls each took. */
export interface Sampled extends ByteImages {
  nfe: number;
}

/**
 * Generates images with a trained network. Image i depends on its own seed, imageSeed(seed, i), and not on the batch.
 * Throws stage.interrupted, and stage.diverged when a pixel is not finite.
 */
export async function sampleImages(weights: HostWeights, train: TrainParams, sample: SampleParams, hooks: SampleHooks = {}): Promise<Sampled> {
  const tensors = toTensors(weights);
  const size = train.dataset.resolution;
  const pixels = size * size * channels;
  const data = new Uint8Array(sample.samples * pixels);
  const trained = trainedDenoiser(train, tensors);
  const { denoiser, calls } = counted(sample.clampX0 ? clamped(trained, -1, 1) : trained);
  const batch = hooks.batch ?? 64;
  try {
    for (let from = 0; from < sample.samples; from += batch) {
      const count = Math.min(batch, sample.samples - from);
      const values = await walkBatch({ denoiser, train, sample, size }, { from, count }, hooks);
      if (!values.every(Number.isFinite)) throw diverged(sample);
      values.forEach((value, i) => { data[from * pixels + i] = unitToByte(value); });
    }
  } finally {
    tf.dispose(tensors);
  }
  return { count: sample.samples, size, data, nfe: calls() / Math.ceil(sample.samples / batch) };
}

function diverged({ sampler, steps }: SampleParams): ElucidateError {
  return new ElucidateError('stage.diverged', `A pixel is no longer a finite number after ${steps} steps of ${sampler.kind}; set clampX0, or take more steps`, { details: { sampler, steps } });
}

interface Generation {
  denoiser: Denoiser;
  train: TrainParams;
  sample: SampleParams;
  size: number;
}

async function walkBatch({ denoiser, train, sample, size }: Generation, { from, count }: { from: number; count: number }, { signal, onProgress }: SampleHooks): Promise<Float32Array> {
  const { sampler, sigmas } = samplingDesign(train, sample);
  const noise = noiseSource(Array.from({ length: count }, (_, i) => imageSeed(sample.seed, from + i)), [size, size, channels]);
  const start = startOf({ sigmas, noise });
  const onStep = async ({ index, steps }: { index: number; steps: number }) => {
    const done = from + (count * (index + 1)) / steps;
    onProgress?.({ fraction: done / sample.samples, note: `images ${from + 1} to ${from + count} of ${sample.samples}, step ${index + 1} of ${steps}` });
    await setImmediate();
  };
  try {
    const images = await sampler(denoiser, start, { sigmas, noise, onStep, signal: signal && interruptible(signal) });
    const values = (await images.data()) as Float32Array;
    images.dispose();
    return values;
  } finally {
    start.dispose();
  }
}

/** A signal whose abortion reads as the stage's. */
function interruptible(signal: AbortSignal): { throwIfAborted(): void } {
  return {
    throwIfAborted: () => {
      if (signal.aborted) throw new ElucidateError('stage.interrupted', 'Sampling stopped; it begins again when the stage runs again', { cause: signal.reason });
    },
  };
}
