import * as tf from '@tensorflow/tfjs-core';
import { sigmaOf } from '@elucidate/diffusion/levels';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { scheduleOf } from '@elucidate/diffusion/schedules';
import { trainedDenoiser, type TrainParams } from '@elucidate/training/build';
import { type HostWeights, toTensors } from '@elucidate/training/host-weights';
import { type ByteImages, channels, pickImages, sliceImages, unitToByte } from '@elucidate/training/images';
import { encodePng, imageGrid } from './png.js';

const shown = 8;
const times = [0.2, 0.4, 0.6, 0.8] as const;
const noiseSeed = 0;

/** PNG of the first eight images and, row by row under them, what the network makes of each in one step from t = 0.2, 0.4, 0.6, 0.8. Same noise for every training. */
export async function previews(params: TrainParams, weights: HostWeights, images: ByteImages): Promise<Buffer> {
  const clean = sliceImages(images, 0, shown);
  const rows = [clean.data];
  const tensors = toTensors(weights);
  for (const t of times) {
    const values = await denoisedFrom(t, { params, tensors, clean });
    rows.push(Uint8Array.from(values, unitToByte));
  }
  tf.dispose(tensors);
  const pixels = new Uint8Array(Buffer.concat(rows));
  return encodePng(imageGrid({ pixels, n: shown * rows.length, height: images.size, width: images.size, channels }, { columns: shown, zoom: 3 }));
}

interface Scene {
  params: TrainParams;
  tensors: Readonly<Record<string, tf.Tensor>>;
  clean: ByteImages;
}

async function denoisedFrom(t: number, { params, tensors, clean }: Scene): Promise<Float32Array> {
  const sigma = sigmaOf(scheduleOf(params.schedule).gamma(t), params.inputScale);
  const everyImage = Array.from({ length: clean.count }, (_, i) => i);
  const x0 = tf.tidy(() => {
    const images = tf.tensor4d(pickImages(clean, everyImage), [clean.count, clean.size, clean.size, channels]);
    const noise = noiseSource(everyImage.map((i) => imageSeed(noiseSeed, i)), [clean.size, clean.size, channels]);
    return trainedDenoiser(params, tensors)(tf.add(images, tf.mul(noise.next(), sigma)), sigma);
  });
  const values = (await x0.data()) as Float32Array;
  x0.dispose();
  return values;
}
