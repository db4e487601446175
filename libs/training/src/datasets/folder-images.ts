import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ByteImages } from '../images.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from '../safetensors.js';
import { writeWhole } from '../write-whole.js';
import { requireLearnable } from './learnable.js';
import { decodeImage } from './decode-image.js';
import { fitted, type Shape } from './fit-picture.js';
import type { FolderHooks } from './folder-contents.js';
import { type FolderIndex, folderPlace, originalFile, readIndex, splitOf } from './folder-place.js';
import type { Split } from './idx-sets.js';

export interface FolderRequest extends Shape {
  /** ELUCIDATE_HOME. */
  home: string;
  contents: string;
}

export type SplitImages = Readonly<Record<Split, ByteImages>>;

/** The limit of one file, and of one array. */
const mostBytes = 2 ** 31 - 2 ** 20;

/**
 * Both splits of an imported folder at a resolution, images in the order of their hashes, with labels if it has classes. Resizes them when this shape is first requested, and keeps the
 * result with its checksum; resizes them again if what was kept is damaged.
 * Throws request.invalid if nothing can be learnt from them, data.missing when the folder is not on this machine, data.corrupt when one of its files has changed.
 */
export async function folderImages(request: FolderRequest, hooks: FolderHooks = {}): Promise<SplitImages> {
  const index = await findFolder(request.home, request.contents);
  const splits = (await readPixels(request, index)) ?? (await packFolder(request, { images: index.images, read: (hash) => readOriginal(request, hash) }, hooks));
  const images = withLabels(splits, index);
  requireLearnable(`The folder data set ${request.contents.slice(0, 12)}`, images);
  return images;
}

/** What the import of a folder found. Throws data.missing if it is not on this machine. */
export async function findFolder(home: string, contents: string): Promise<FolderIndex> {
  const index = await readIndex(home, contents);
  if (!index) {
    throw new ElucidateError('data.missing', `The folder data set ${contents} is not on this machine: there is no ${folderPlace(home, contents)}. Run \`elucidate dataset add PATH\` here with the folder of images, or copy that place from a machine that has it`, { details: { contents } });
  }
  return index;
}

/** Splits with the labels from their index. */
export function withLabels({ train, test }: SplitImages, { images, labels }: FolderIndex): SplitImages {
  if (labels === undefined) return { train, test };
  const of = (split: Split) => ({ classes: labels.classes, of: Uint16Array.from(labels.of.filter((_, i) => splitOf(images[i]!) === split)) });
  return { train: { ...train, labels: of('train') }, test: { ...test, labels: of('test') } };
}

interface PackSource {
  /** Hashes, sorted. */
  images: readonly string[];
  read(hash: string): Promise<Uint8Array>;
}

/** Decodes and resizes a folder's images, writes them atomically into its storage folder, and returns them. */
async function packFolder(request: FolderRequest, { images, read }: PackSource, hooks: FolderHooks): Promise<SplitImages> {
  checkSize(images.length, request);
  const packed = emptySplits(images, request);
  for (const [i, hash] of images.entries()) {
    hooks.signal?.throwIfAborted();
    packed.add(hash, fitted(await decodeImage(await read(hash)), request));
    hooks.onProgress?.({ step: 'resizing', done: i + 1, total: images.length });
  }
  await writeWhole(pixelsFile(request), encodePixels(packed.splits));
  return packed.splits;
}

/** Empty splits with room for these images, to be added in order. */
export function emptySplits(images: readonly string[], { resolution, channels }: Shape): { splits: SplitImages; add(hash: string, pixels: Uint8Array): void } {
  const pixels = resolution * resolution * channels;
  const room = (split: Split): ByteImages => {
    const count = images.filter((hash) => splitOf(hash) === split).length;
    return { count, size: resolution, channels, data: new Uint8Array(count * pixels) };
  };
  const splits = { train: room('train'), test: room('test') };
  const filled: Record<Split, number> = { train: 0, test: 0 };
  return { splits, add: (hash, values) => { splits[splitOf(hash)].data.set(values, pixels * filled[splitOf(hash)]++); } };
}

/** Throws request.invalid if the images of a shape are more than a file can hold. */
export function checkSize(count: number, { resolution, channels }: Shape): void {
  const bytes = count * resolution * resolution * channels;
  if (bytes > mostBytes) throw new ElucidateError('request.invalid', `${count} images of ${resolution}x${resolution}x${channels} are ${bytes} bytes, more than the ${mostBytes} that one file holds; choose a lower resolution or take fewer images`);
}

/** The name of the file that holds a folder's images in one shape. */
export const pixelsName = ({ resolution, channels }: Shape): string => `pixels-${resolution}x${resolution}x${channels}.safetensors`;
const pixelsFile = (request: FolderRequest): string => path.join(folderPlace(request.home, request.contents), pixelsName(request));

/** Splits as stored in a file: two tensors, uint8 [n,h,w,c], and the sha256 of their bytes. */
export function encodePixels(splits: SplitImages): Uint8Array {
  const tensor = ({ count, size, channels, data }: ByteImages) => ({ dtype: 'U8', shape: [count, size, size, channels], data }) as const;
  return encodeSafetensors({ tensors: { train: tensor(splits.train), test: tensor(splits.test) }, metadata: { sha256: checksumOf(splits) } });
}

const checksumOf = ({ train, test }: SplitImages): string => createHash('sha256').update(train.data).update(test.data).digest('hex');

/** What was kept of a shape, or undefined if it is absent, damaged, or of before there were checksums. */
async function readPixels(request: FolderRequest, { images }: FolderIndex): Promise<SplitImages | undefined> {
  const place = pixelsFile(request);
  const bytes = await readFile(place).catch(() => undefined);
  const file = bytes && wholeFile(bytes, place);
  if (!file) return undefined;
  const { splits } = emptySplits(images, request);
  for (const split of ['train', 'test'] as const) {
    const found = file.tensors[split];
    if (found?.dtype !== 'U8' || found.data.length !== splits[split].data.length) return undefined;
    splits[split].data.set(found.data);
  }
  return checksumOf(splits) === file.metadata['sha256'] ? splits : undefined;
}

function wholeFile(bytes: Uint8Array, place: string): SafetensorsFile | undefined {
  try {
    return decodeSafetensors(bytes, place);
  } catch {
    return undefined;
  }
}

async function readOriginal({ home, contents }: FolderRequest, hash: string): Promise<Uint8Array> {
  const place = path.join(folderPlace(home, contents), originalFile(hash));
  const bytes = await readFile(place).catch((cause: NodeJS.ErrnoException) => {
    throw new ElucidateError('data.corrupt', `${place} cannot be read (${cause.message}); delete ${folderPlace(home, contents)} and import the folder again`, { cause });
  });
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== hash) throw new ElucidateError('data.corrupt', `${place} has changed: its sha256 is ${found}; delete ${folderPlace(home, contents)} and import the folder again`, { details: { found, expected: hash } });
  return bytes;
}
