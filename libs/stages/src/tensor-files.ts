import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Features } from '@elucidate/metrics/features';
import type { Statistics } from '@elucidate/metrics/statistics';
import { areBytes, type Images, sliceImages } from '@elucidate/training/images';
import { decodeSafetensors, encodeSafetensors, type Dtype, type SafetensorsFile, type StoredTensor } from '@elucidate/training/safetensors';

/** What stages hand each other, as safetensors. */

/**
 * Images as the file that holds them: "images" [n,h,w,c], uint8 or float32 as they are; "trajectory" [steps,n,h,w,c] where there are steps, images
 * of one step together; where they have classes, "labels" [n] int64, and the names of the classes, as JSON, in the metadata.
 */
export function encodeImages(images: Images, steps: readonly Images[] = []): Uint8Array {
  const { labels } = images;
  const tensors = {
    images: stored([], images),
    ...(steps.length > 0 && { trajectory: stored([steps.length], stacked(images, steps)) }),
    ...(labels && { labels: { dtype: 'I64', shape: [images.count], data: BigInt64Array.from(labels.of, BigInt) } as const }),
  };
  return encodeSafetensors({ tensors, metadata: labels ? { classes: JSON.stringify(labels.classes) } : {} });
}

function stored(leading: readonly number[], { count, size, channels, data }: Images): StoredTensor {
  const shape = [...leading, count, size, size, channels];
  return data instanceof Float32Array ? { dtype: 'F32', shape, data } : { dtype: 'U8', shape, data };
}

/** The shape of one step with the data of all. */
function stacked(images: Images, steps: readonly Images[]): Images {
  const length = images.data.length;
  const data = areBytes(images) ? new Uint8Array(steps.length * length) : new Float32Array(steps.length * length);
  steps.forEach((step, i) => { data.set(step.data, i * length); });
  return { ...images, data };
}

/** What a sample stage wrote: generated images, and x0-hat at each step where it kept them. */
export interface SampledFile {
  images: Images;
  trajectory: readonly Images[];
}

export async function readSampled(path: string): Promise<SampledFile> {
  const file = await readTensors(path);
  const images = imagesIn(file, 'images', path);
  if (file.tensors['trajectory'] === undefined) return { images, trajectory: [] };
  const steps = imagesIn(file, 'trajectory', path);
  return { images, trajectory: Array.from({ length: steps.count / images.count }, (_, i) => sliceImages(steps, i * images.count, (i + 1) * images.count)) };
}

export async function readImages(path: string): Promise<Images> {
  return imagesIn(await readTensors(path), 'images', path);
}

/** A tensor [..., h, w, c] as images, whatever stands before. */
function imagesIn({ tensors }: SafetensorsFile, name: string, path: string): Images {
  const found = tensors[name];
  if (found?.dtype !== 'U8' && found?.dtype !== 'F32') throw new ElucidateError('artifact.corrupt', `${path} holds no images "${name}"; remove it and let its stage run again`);
  const [size, , channels] = found.shape.slice(-3) as [number, number, number];
  return { count: found.shape.slice(0, -3).reduce((product, n) => product * n, 1), size, channels, data: found.data };
}

/** Features as float32 [n,d]. */
export function featuresTensor({ values, n, d }: Features): StoredTensor {
  return { dtype: 'F32', shape: [n, d], data: Float32Array.from(values) };
}

/** Features of every step as float32 [steps,n,d]. */
export function featuresOfStepsTensor(steps: readonly Features[]): StoredTensor {
  const [{ n, d }] = steps as [Features];
  const data = new Float32Array(steps.length * n * d);
  steps.forEach(({ values }, i) => { data.set(values, i * n * d); });
  return { dtype: 'F32', shape: [steps.length, n, d], data };
}

/** Features of every step, in order; none where the file has none. */
export function featuresOfSteps(file: SafetensorsFile, name: string, path: string): Features[] {
  if (file.tensors[name] === undefined) return [];
  const { shape, data } = tensor(file, { name, dtype: 'F32', path });
  const [steps, n, d] = shape as [number, number, number];
  return Array.from({ length: steps }, (_, i) => ({ values: data.subarray(i * n * d, (i + 1) * n * d), n, d }));
}

export function featuresOf(file: SafetensorsFile, name: string, path: string): Features {
  const { shape, data } = tensor(file, { name, dtype: 'F32', path });
  return { values: data, n: shape[0]!, d: shape[1]! };
}

/** The reference's statistics with the eigenvalues of its covariance, as float64: found once, read by every score. */
export function statisticsTensors({ mean, factor, d }: Statistics, eigenvalues: Float64Array): Record<'mean' | 'factor' | 'eigenvalues', StoredTensor> {
  return {
    mean: { dtype: 'F64', shape: [d], data: mean },
    factor: { dtype: 'F64', shape: [factor.length / d, d], data: factor },
    eigenvalues: { dtype: 'F64', shape: [eigenvalues.length], data: eigenvalues },
  };
}

export async function readTensors(path: string): Promise<SafetensorsFile> {
  return decodeSafetensors(await readFile(path), path);
}

/** One tensor of a file, of the element type it must have. Throws artifact.corrupt. */
export function tensor<D extends Dtype>({ tensors }: SafetensorsFile, { name, dtype, path }: { name: string; dtype: D; path: string }): Extract<StoredTensor, { dtype: D }> {
  const found = tensors[name];
  if (found?.dtype !== dtype) throw new ElucidateError('artifact.corrupt', `${path} holds no ${dtype} tensor "${name}"; remove it and let its stage run again`);
  return found as Extract<StoredTensor, { dtype: D }>;
}

/** One entry of a file's metadata. Throws artifact.corrupt. */
export function metadataOf({ metadata }: SafetensorsFile, name: string, path: string): string {
  const found = metadata[name];
  if (found === undefined) throw new ElucidateError('artifact.corrupt', `${path} says nothing about its "${name}"; remove it and let its stage run again`);
  return found;
}
