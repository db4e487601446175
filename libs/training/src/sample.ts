import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { wholeGroups } from '@elucidate/diffusion/samplers/blind';
import { initialState, type StepReport } from '@elucidate/diffusion/sampling-run';
import { channelsOf, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress } from '@elucidate/experiment/execution';
import { batchDenoiser, type Generator } from './batch-denoiser.js';
import { levelsOutside, type SampleParams, samplingDesign, trainingDesign, type TrainParams } from './build.js';
import { type Images, pixelsOf, unitToByte } from './images.js';
import { drawLabel, type Labels, sliceLabels, type TrainedClass } from './labels.js';

export interface SampleHooks {
  /** Images generated together; does not affect results. Default 64. */
  batch?: number;
  signal?: AbortSignal;
  onProgress?(progress: StageProgress): void;
  /** Receives x0-hat of a step, for the images from `from` on, if the trajectory is requested; awaited. The states are kept nowhere else. */
  onTrajectory?(step: number, from: number, images: Images): Promise<void>;
}

/** Generated images, and facts about the run. */
export interface Sampled {
  /** With their labels if the network was given classes. */
  images: Images;
  /** Denoiser evaluations per image. */
  nfe: number;
  /** The levels visited. */
  sigmas: number[];
  /** How many of them lie outside the range trained on. */
  outside: number;
}

/**
 * Generates images with a trained network: bytes, or floats for synthetic data. Image i depends on its own seed, imageSeed(seed, i),
 * and not on the batch. Throws stage.interrupted, and stage.diverged when a pixel is not finite.
 */
export async function sampleImages(generator: Generator, sample: SampleParams, hooks: SampleHooks = {}): Promise<Sampled> {
  const { sigmas } = samplingDesign(generator, sample);
  const images = blankImages(formOf(generator, sample));
  const batch = batchOf(sample, hooks);
  let calls = 0;
  for (let from = 0; from < sample.samples; from += batch) {
    calls += await sampleBatch({ generator, sample, images }, { from, count: Math.min(batch, sample.samples - from) }, hooks);
  }
  return { images, nfe: calls / Math.ceil(sample.samples / batch), sigmas, outside: untrainedLevels(generator, sigmas) };
}

/** An exact denoiser is valid at every level. */
function untrainedLevels({ params, sigmaData }: Generator, sigmas: readonly number[]): number {
  const { network, levels } = trainingDesign(params, sigmaData);
  return network === undefined ? 0 : levelsOutside(sigmas, levels.range);
}

/** A batch size in whole groups, if images of a group share a median. */
function batchOf({ noiseLevel }: SampleParams, { batch = 64 }: SampleHooks): number {
  return noiseLevel.kind === 'predicted' ? wholeGroups(batch) : batch;
}

/** An image shape, before there are any images. */
export interface ImageForm extends Omit<Images, 'data'> {
  /** In the units of the data set rather than bytes. */
  floats: boolean;
}

/** The shape of the images that will be generated: that of the data set's own images, with the labels they will have. */
export function formOf({ params: { dataset }, classes }: Pick<Generator, 'params' | 'classes'>, { samples, seed }: Pick<SampleParams, 'samples' | 'seed'>): ImageForm {
  const labels = classes && labelsOf(classes, { samples, seed });
  return { count: samples, size: dataset.resolution, channels: channelsOf(dataset), floats: isSynthetic(dataset), ...(labels && { labels }) };
}

function blankImages({ floats, ...form }: ImageForm): Images {
  const numbers = form.count * pixelsOf(form);
  return { ...form, data: floats ? new Float32Array(numbers) : new Uint8Array(numbers) };
}

/** Numbers in data units, converted to the format of the data set's images. */
function inForm(values: Float32Array, { dataset, dataRange }: TrainParams): Images['data'] {
  return isSynthetic(dataset) ? values : Uint8Array.from(values, (value) => unitToByte(value, dataRange));
}

/** The labels of the images that a seed makes. */
export function labelsOf(classes: readonly TrainedClass[], { samples, seed }: Pick<SampleParams, 'samples' | 'seed'>): Labels {
  return { classes: classes.map(({ name }) => name), of: Uint16Array.from({ length: samples }, (_, i) => drawLabel(classes, imageSeed(seed, i))) };
}

interface Generation {
  generator: Generator;
  sample: SampleParams;
  /** The output buffer. */
  images: Images;
}

interface Share {
  from: number;
  count: number;
}

/** Generates one batch and returns the number of evaluations per image. */
async function sampleBatch({ generator, sample, images }: Generation, { from, count }: Share, { signal, onProgress, onTrajectory }: SampleHooks): Promise<number> {
  const { params: train } = generator;
  const { sampler, sigmas, initialStddev } = samplingDesign(generator, sample);
  const { size, channels, labels } = images;
  const noise = noiseSource(Array.from({ length: count }, (_, i) => imageSeed(sample.seed, from + i)), [size, size, channels]);
  const { denoiser, calls, dispose } = batchDenoiser(generator, sample, labels && sliceLabels(labels, from, from + count));
  const start = initialState({ sigmas, noise }, initialStddev);
  const onStep = async ({ index, steps, x0 }: StepReport) => {
    if (sample.trajectory) await onTrajectory?.(index, from, { count, size, channels, data: inForm(await finite(x0, sample), train) });
    const done = from + (count * (index + 1)) / steps;
    onProgress?.({ fraction: done / sample.samples, note: `images ${from + 1} to ${from + count} of ${sample.samples}, step ${index + 1} of ${steps}` });
    await setImmediate();
  };
  try {
    const generated = await sampler(denoiser, start, { sigmas, noise, clamp: clampOf(sample, train), onStep, signal: signal && interruptible(signal) });
    images.data.set(inForm(await finite(generated, sample), train), from * pixelsOf(images));
    generated.dispose();
    return calls();
  } finally {
    start.dispose();
    dispose();
  }
}

/** The range that x0-hat is clamped to, data units; undefined: it is not. */
export function clampOf({ clampX0 }: Pick<SampleParams, 'clampX0'>, { dataRange }: TrainParams): { min: number; max: number } | undefined {
  if (clampX0 === false) return undefined;
  const max = clampX0 === true ? dataRange : clampX0;
  return { min: -max, max };
}

async function finite(images: tf.Tensor, { sampler, steps }: SampleParams): Promise<Float32Array> {
  const values = (await images.data()) as Float32Array;
  if (values.every(Number.isFinite)) return values;
  throw new ElucidateError('stage.diverged', `A pixel is no longer a finite number after ${steps} steps of ${sampler.kind}; set clampX0, or take more steps`, { details: { sampler, steps } });
}

/** A signal whose abort reads as an interruption of the stage. */
export function interruptible(signal: AbortSignal): { throwIfAborted(): void } {
  return {
    throwIfAborted: () => {
      if (signal.aborted) throw new ElucidateError('stage.interrupted', 'Sampling stopped; it begins again when the stage runs again', { cause: signal.reason });
    },
  };
}
