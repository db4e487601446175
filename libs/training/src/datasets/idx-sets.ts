import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ByteImages } from '../images.js';
import type { Labels } from '../labels.js';
import { parseIdx } from './idx.js';
import { imagesAt, type Resolution } from './resolutions.js';

/** The four files of a set in MNIST's format, smallest first. */
export const idxFiles = ['t10k-labels-idx1-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 'train-images-idx3-ubyte'] as const;
export type IdxFile = (typeof idxFiles)[number];

export interface IdxSet {
  title: string;
  /** The environment variable that may name its folder. */
  variable: string;
  /** Names of the classes 0..9. */
  classes: readonly string[];
  /** SHA-256 of each file, uncompressed. */
  hashes: Readonly<Record<IdxFile, string>>;
}

/** Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) and MNIST (LeCun, Cortes & Burges). */
export const idxSets = {
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    variable: 'FASHION_MNIST_DIR',
    classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    hashes: {
      't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
      'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
  },
  'mnist': {
    title: 'MNIST',
    variable: 'MNIST_DIR',
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    hashes: {
      't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
  },
} as const satisfies Record<string, IdxSet>;
export type IdxSetName = keyof typeof idxSets;

export type Split = 'train' | 'test';

/** Images whose classes are known. */
export interface LabelledImages extends ByteImages {
  labels: Labels;
}

const splitFiles: Readonly<Record<Split, { images: IdxFile; labels: IdxFile }>> = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
};

export interface IdxRequest {
  name: IdxSetName;
  split: Split;
  resolution: Resolution;
}

/**
 * One split at a resolution, read from a folder returned by `resolveIdxSet`: 60,000 train or 10,000 test images, bytes, in the files' order, and their labels.
 * Throws data.missing or data.corrupt.
 */
export async function readIdxSet(dir: string, { name, split, resolution }: IdxRequest): Promise<LabelledImages> {
  const { images, labels } = splitFiles[split];
  return {
    ...imagesAt(parseIdx(await readVerified(name, dir, images), images), resolution),
    labels: { classes: idxSets[name].classes, of: Uint16Array.from(parseIdx(await readVerified(name, dir, labels), labels).data) },
  };
}

/** The path of a file of a set in a folder, compressed or not; undefined if it is not there. */
export function locate(dir: string, file: IdxFile): string | undefined {
  return [path.join(dir, file), path.join(dir, `${file}.gz`)].find((place) => existsSync(place));
}

/** The bytes of a file, uncompressed, after checking its hash. */
export async function readVerified(name: IdxSetName, dir: string, file: IdxFile): Promise<Uint8Array> {
  const place = locate(dir, file);
  if (!place) throw new ElucidateError('data.missing', `${dir} has neither ${file} nor ${file}.gz; put it there, or let \`elucidate\` fetch the set`, { details: { dir, file } });
  const bytes = await readFile(place);
  const plain = place.endsWith('.gz') ? await unzipped(bytes, place) : bytes;
  const found = createHash('sha256').update(plain).digest('hex');
  const expected = idxSets[name].hashes[file];
  if (found !== expected) {
    throw new ElucidateError('data.corrupt', `${place} is not ${idxSets[name].title}'s ${file}: SHA-256 of the uncompressed file should be ${expected}, but is ${found}; delete it and fetch it again`, { details: { file: place, expected, found } });
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
