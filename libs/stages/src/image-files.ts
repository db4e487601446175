import { ElucidateError } from '@elucidate/experiment/errors';
import { type Images, pixelsOf } from '@elucidate/training/images';
import type { ImageForm } from '@elucidate/training/sample';
import type { StoredTensor } from '@elucidate/training/safetensors';
import { createTensors, openTensors, type TensorReader } from '@elucidate/training/tensor-parts';

/** What a sample stage writes and an embed stage reads, in parts: with its trajectory it may be larger than memory. */

export interface ImageWriter {
  /** Stores x0-hat of a step, for the images from `from` on. */
  putStep(step: number, from: number, images: Images): Promise<void>;
  putImages(images: Images): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a file of images: "images" [n,h,w,c], uint8 or float32 as given; "trajectory" [steps,n,h,w,c] if there are steps, images of one step
 * together; if they have classes, "labels" [n] int64, and the names of the classes, as JSON, in the metadata.
 */
export async function createImages(path: string, form: ImageForm, steps = 0): Promise<ImageWriter> {
  const { count, size, channels, floats, labels } = form;
  const dtype = floats ? 'F32' : 'U8';
  const shape = [count, size, size, channels];
  const file = await createTensors(path, {
    images: { dtype, shape },
    ...(steps > 0 && { trajectory: { dtype, shape: [steps, ...shape] } }),
    ...(labels && { labels: { dtype: 'I64', shape: [count] } as const }),
  }, labels ? { classes: JSON.stringify(labels.classes) } : {});
  return {
    putStep: (step, from, { data }) => file.write('trajectory', (step * count + from) * pixelsOf(form), data),
    async putImages({ data, labels }) {
      await file.write('images', 0, data);
      if (labels) await file.write('labels', 0, BigInt64Array.from(labels.of, BigInt));
    },
    close: () => file.close(),
  };
}

export interface ImageReader {
  /** The images, followed by x0-hat of each step. */
  readonly sets: number;
  readonly count: number;
  readonly size: number;
  readonly channels: number;
  /** Set 0 is the images, set i > 0 x0-hat of step i - 1. */
  read(set: number): Promise<Images>;
  close(): Promise<void>;
}

/** Opens what `createImages` wrote. Throws artifact.corrupt. */
export async function openImages(path: string): Promise<ImageReader> {
  const file = await openTensors(path);
  try {
    const [count, size, , channels] = shapeOf(file, 'images', path) as [number, number, number, number];
    const form = { count, size, channels };
    const steps = file.tensors['trajectory'] === undefined ? 0 : shapeOf(file, 'trajectory', path)[0]!;
    const read = async (set: number) => ({ ...form, data: (await (set === 0 ? file.whole('images') : file.part('trajectory', set - 1)) as ImageTensor).data });
    return { ...form, sets: 1 + steps, read, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

type ImageTensor = Extract<StoredTensor, { dtype: 'U8' | 'F32' }>;

function shapeOf({ tensors }: TensorReader, name: string, path: string): readonly number[] {
  const found = tensors[name];
  if (found?.dtype !== 'U8' && found?.dtype !== 'F32') throw new ElucidateError('artifact.corrupt', `${path} holds no images "${name}"; remove it and let its stage run again`);
  return found.shape;
}

/** The images of a file, without its trajectory. */
export async function readImages(path: string): Promise<Images> {
  const file = await openImages(path);
  try {
    return await file.read(0);
  } finally {
    await file.close();
  }
}
