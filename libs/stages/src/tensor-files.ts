import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Features } from '@elucidate/metrics/features';
import type { Statistics } from '@elucidate/metrics/statistics';
import { decodeSafetensors, type Dtype, type SafetensorsFile, type StoredTensor } from '@elucidate/training/safetensors';

/** What stages pass to each other, as safetensors. */

/** Features of an image, at most: FID computes the singular values of a matrix this wide, which takes minutes. */
export const mostFeatures = 4096;

/** Features as float32 [n,d]. */
export function featuresTensor({ values, n, d }: Features): StoredTensor {
  return { dtype: 'F32', shape: [n, d], data: Float32Array.from(values) };
}

/** Features of every step, in order; empty if the file has none. */
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

/** The reference's statistics with the eigenvalues of its covariance, as float64: computed once, read by every score. */
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

/** One tensor of a file, with the element type it must have. Throws artifact.corrupt. */
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
