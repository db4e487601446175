import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Features } from '@elucidate/metrics/statistics';
import type { ByteImages } from '@elucidate/training/images';
import { decodeSafetensors, encodeSafetensors, type Dtype, type SafetensorsFile, type StoredTensor } from '@elucidate/training/safetensors';

/** What stages hand each other, as safetensors. */

/** Images as the file that holds them: one tensor "images", uint8 [n,h,w,1]. */
export function encodeImages({ count, size, data }: ByteImages): Uint8Array {
  return encodeSafetensors({ tensors: { images: { dtype: 'U8', shape: [count, size, size, 1], data } }, metadata: {} });
}

export async function readImages(path: string): Promise<ByteImages> {
  const { shape, data } = tensor(await readTensors(path), { name: 'images', dtype: 'U8', path });
  return { count: shape[0]!, size: shape[1]!, data };
}

/** Features as float32 [n,d]. */
export function featuresTensor({ values, n, d }: Features): StoredTensor {
  return { dtype: 'F32', shape: [n, d], data: Float32Array.from(values) };
}

export function featuresOf(file: SafetensorsFile, name: string, path: string): Features {
  const { shape, data } = tensor(file, { name, dtype: 'F32', path });
  return { values: data, n: shape[0]!, d: shape[1]! };
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
