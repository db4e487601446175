import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { DatasetSpec } from '@elucidate/experiment/design';
import { parseIdx } from './idx.js';
import { type ByteImages, imagesAt } from './images.js';

/** SHA-256 of each file of Fashion-MNIST (Xiao, Rasul & Vollgraf 2017), uncompressed; the smallest first. */
export const fashionMnistFiles = {
  't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
} as const;
export type FashionMnistFile = keyof typeof fashionMnistFiles;

export type Split = 'train' | 'test';

/** Images of one split with the class 0..9 of each. */
export interface LabelledImages {
  images: ByteImages;
  labels: Uint8Array;
}

const splitFiles: Readonly<Record<Split, { images: FashionMnistFile; labels: FashionMnistFile }>> = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
};

/**
 * One split at a resolution, read from a folder that `resolveFashionMnist` gave: 60,000 train or 10,000 test images, bytes, in the files' order.
 * Throws data.missing or data.corrupt.
 */
export async function readFashionMnist(dir: string, split: Split, resolution: DatasetSpec['resolution']): Promise<LabelledImages> {
  const { images, labels } = splitFiles[split];
  return {
    images: imagesAt(parseIdx(await readVerified(dir, images), images), resolution),
    labels: parseIdx(await readVerified(dir, labels), labels).data,
  };
}

/** Where a file of the set lies in a folder, compressed or not; undefined when it does not. */
export function locate(dir: string, file: FashionMnistFile): string | undefined {
  return [path.join(dir, file), path.join(dir, `${file}.gz`)].find((place) => existsSync(place));
}

/** The bytes of a file, uncompressed, after its hash was checked. */
export async function readVerified(dir: string, file: FashionMnistFile): Promise<Uint8Array> {
  const place = locate(dir, file);
  if (!place) throw new ElucidateError('data.missing', `${dir} has neither ${file} nor ${file}.gz; put it there, or let \`elucidate\` fetch the set`, { details: { dir, file } });
  const bytes = await readFile(place);
  const plain = place.endsWith('.gz') ? await unzipped(bytes, place) : bytes;
  const found = createHash('sha256').update(plain).digest('hex');
  const expected = fashionMnistFiles[file];
  if (found !== expected) {
    throw new ElucidateError('data.corrupt', `${place} is not Fashion-MNIST's ${file}: SHA-256 of the uncompressed file should be ${expected}, but is ${found}; delete it and fetch it again`, { details: { file: place, expected, found } });
  }
  return plain;
}

async function unzipped(bytes: Buffer, place: string): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes);
  } catch (cause) {
    throw new ElucidateError('data.corrupt', `${place} is not a whole gzip file; delete it and fetch it again`, { cause, details: { file: place } });
  }
}
