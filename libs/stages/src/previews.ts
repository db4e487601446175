import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '@elucidate/diffusion/network';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { trainedDenoiser, trainingDesign, type TrainParams } from '@elucidate/training/build';
import { type HostWeights, toTensors } from '@elucidate/training/host-weights';
import { type Images, pickImages, pixelsOf, sliceImages } from '@elucidate/training/images';
import { pictureBytes } from './picture-bytes.js';
import { encodePng, imageSheet } from './png.js';

const shown = 8;
/** Quantiles of the noise levels that a network was trained on; for one with a schedule, approximately of t. */
const shares = [0.2, 0.4, 0.6, 0.8] as const;
/** Of images, the reconstructions from these, and that from pure noise. */
const rowsShown = 1 + shares.length + 1;
/** Bytes, before compression, of what is shown of a training that is under way. */
const mostBytes = 400_000;
/** Nothing is left of an image here: the output is the network's estimate of the data's mean. EDM's highest level. */
const pureNoise = 80;
const noiseSeed = 0;

export interface PreviewedTraining {
  params: TrainParams;
  sigmaData: number;
  weights: HostWeights;
}

/**
 * PNG of the first eight images and, in rows below them, the network's one-step reconstruction of each, given its class if it is given classes: from the levels at the quantiles
 * one fifth, two fifths ... of its training levels, and last from pure noise at sigma 80. The noise is the same for every training run.
 */
export async function previews(training: PreviewedTraining, images: Images): Promise<Buffer> {
  return previewSheet(training, sliceImages(images, 0, Math.min(shown, images.count)), 3);
}

/** The images that a training under way is shown by: those of `previews`, fewer where they are large. */
export function previewedImages(images: Images): Images {
  const count = Math.min(shown, images.count, Math.max(1, Math.floor(mostBytes / (rowsShown * pixelsOf(images)))));
  const clean = sliceImages(images, 0, count);
  // not a view of all of them
  return { ...clean, data: clean.data.slice() };
}

/** As `previews`, of all these images, each pixel zoom x zoom. */
export async function previewSheet({ params, sigmaData, weights }: PreviewedTraining, clean: Images, zoom: number): Promise<Buffer> {
  const every = Array.from({ length: clean.count }, (_, i) => i);
  const truth = pickImages(clean, every, params.dataRange);
  const tensors = toTensors(weights);
  const label = params.classCondition.kind === 'label' && clean.labels ? oneHot(Array.from(clean.labels.of), clean.labels.classes.length) : undefined;
  const scene = { denoiser: trainedDenoiser({ params, sigmaData, tensors }, label), shape: [clean.count, clean.size, clean.size, clean.channels] as const };
  const { levels } = trainingDesign(params, sigmaData);
  const rows = [truth];
  for (const share of shares) rows.push(await denoisedOnce(scene, truth, levels.quantile(share)));
  rows.push(await denoisedOnce(scene, new Float32Array(truth.length), pureNoise));
  tf.dispose([tensors, label ?? []]);
  const pixels = Buffer.concat(rows.map((row) => pictureBytes(row, params)));
  return encodePng(imageSheet({ pixels, n: clean.count * rows.length, height: clean.size, width: clean.size, channels: clean.channels }, { columns: clean.count, zoom }));
}

interface Scene {
  denoiser: ReturnType<typeof trainedDenoiser>;
  shape: readonly [number, number, number, number];
}

async function denoisedOnce({ denoiser, shape }: Scene, images: Float32Array, sigma: number): Promise<Float32Array> {
  const [count, ...imageShape] = shape;
  const y: tf.Tensor4D = tf.tidy(() => {
    const noise = noiseSource(Array.from({ length: count }, (_, i) => imageSeed(noiseSeed, i)), imageShape);
    return tf.add(tf.tensor4d(images, [...shape]), tf.mul(noise.next(), sigma));
  });
  const x0 = await denoiser(y, sigma);
  const values = (await x0.data()) as Float32Array;
  tf.dispose([y, x0]);
  return values;
}
