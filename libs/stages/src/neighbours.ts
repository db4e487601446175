import { rows, type Features } from '@elucidate/metrics/features';
import { nearestOf } from '@elucidate/metrics/nearest';
import { areBytes, type ByteImages, pixelsOf } from '@elucidate/training/images';
import type { StageContext } from './context.js';
import type { Evaluator } from './evaluator.js';
import { realImages } from './real-images.js';
import { labelledDatasetOf } from './reference-labels.js';
import { onSheet, sheetOf } from './sheet.js';

export interface NeighbourRequest {
  /** Of the generated images. */
  generated: Features;
  /** Of the first images of the training split. */
  training: Features;
  reference: Evaluator['reference'];
}

/** PNG of the training image nearest to each generated image of the sample sheet, in its place; undefined for synthetic data, which are no pictures. */
export async function neighbourSheet({ generated, training, reference }: NeighbourRequest, context: Pick<StageContext, 'home' | 'onLog' | 'signal'>): Promise<Buffer | undefined> {
  const dataset = labelledDatasetOf(reference);
  if (dataset === undefined) return undefined;
  const images = await realImages(dataset, 'train', context);
  if (!areBytes(images)) return undefined;
  const { places } = nearestOf(rows(generated, 0, Math.min(onSheet, generated.n)), training);
  return sheetOf(picked(images, places));
}

function picked(images: ByteImages, places: Int32Array): ByteImages {
  const pixels = pixelsOf(images);
  const data = new Uint8Array(places.length * pixels);
  places.forEach((place, to) => data.set(images.data.subarray(place * pixels, (place + 1) * pixels), to * pixels));
  return { count: places.length, size: images.size, channels: images.channels, data };
}
