import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Features } from '@elucidate/metrics/features';
import { decodeSafetensors, type SafetensorsFile, type StoredTensor } from '@elucidate/training/safetensors';
import { readNpy, readNpz, type NamedArray } from './numpy-files.js';
import { mostFeatures } from './tensor-files.js';

/** Features of images that were computed elsewhere. */
export interface FeatureFile {
  /** As it was named. */
  readonly file: string;
  readonly features: Features;
  /** What the file itself says of its extractor: the hash that a stage wrote into it. */
  readonly extractor?: string;
}

const refuse = (file: string, what: string, cause?: unknown): never => {
  throw new ElucidateError('request.invalid', `${JSON.stringify(file)}: ${what}`, { cause });
};

interface Listed {
  /** Where it is known without reading the numbers. */
  shape?: readonly number[];
  read(): NamedArray;
}

interface Arrays {
  arrays: Readonly<Record<string, Listed>>;
  metadata?: SafetensorsFile['metadata'];
}

const named = ({ dtype, shape, data }: StoredTensor): NamedArray => ({ shape, data: dtype === 'F32' || dtype === 'F64' ? data : Float64Array.from(data as ArrayLike<number | bigint>, Number), integer: dtype === 'U8' || dtype === 'I64' });

function fromSafetensors(file: Buffer, path: string): Arrays {
  const { tensors, metadata } = decodeSafetensors(file, path);
  return { arrays: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { shape: tensor.shape, read: () => named(tensor) }])), metadata };
}

const readers: Readonly<Record<string, (file: Buffer, path: string) => Arrays>> = {
  '.npy': (file, path) => ({ arrays: { [basename(path, '.npy')]: { read: () => readNpy(file) } } }),
  '.npz': (file) => ({ arrays: Object.fromEntries(Object.entries(readNpz(file)).map(([name, read]) => [name, { read }])) }),
  '.safetensors': fromSafetensors,
};

/** The path of a file, and the array of it that is meant, if `file:array` names one. */
async function placeOf(file: string): Promise<{ path: string; array?: string }> {
  const [, path, array] = /^(.*?\.(?:npz|safetensors)):(.+)$/.exec(file) ?? [];
  return path === undefined || array === undefined || await stat(file).then(() => true, () => false) ? { path: file } : { path, array };
}

async function arraysOf(file: string, path: string): Promise<Arrays> {
  const read = readers[extname(path).toLowerCase()];
  if (read === undefined) return refuse(file, `the end of the name says what is in a file of features: ${Object.keys(readers).join(', ')}`);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => refuse(file, cause.code === 'ERR_FS_FILE_TOO_LARGE' ? 'cannot be read: it is larger than 2 GiB; save fewer images' : `cannot be read: ${cause.code ?? cause.message}`, cause));
  return orRefuse(file, () => read(bytes, path));
}

function orRefuse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    // what stages say of a damaged file, without their remedy, which is to compute it again
    const reason = cause instanceof ElucidateError ? String(cause.details['reason']) : (cause as Error).message;
    return refuse(file, `cannot be read: ${reason}`, cause);
  }
}

/** The array that a file is asked for: the one that is named, else the first of the usual names that it has, else its only one. */
async function chosen(file: string, usual: readonly string[]): Promise<{ array: NamedArray; metadata?: SafetensorsFile['metadata'] | undefined }> {
  const { path, array } = await placeOf(file);
  const { arrays, metadata } = await arraysOf(file, path);
  const names = Object.keys(arrays);
  const name = array ?? usual.find((word) => names.includes(word)) ?? (names.length === 1 ? names[0] : undefined);
  const found = name === undefined ? undefined : arrays[name];
  if (found !== undefined) return { array: orRefuse(file, () => found.read()), metadata };
  if (names.length === 0) return refuse(file, 'it has no arrays');
  const listed = names.map((word) => (arrays[word]!.shape === undefined ? word : `${word} [${arrays[word]!.shape.join(', ')}]`)).join(', ');
  return refuse(file, array === undefined ? `it has several arrays, ${listed}; name one, as in ${JSON.stringify(`${path}:${names[0]}`)}` : `it has no array ${JSON.stringify(array)}, but ${listed}`);
}

/**
 * Features [n, d] of a .npy, .npz or safetensors file, float32 or float64; of an archive, the array named after a colon, else the first of `usual` that it has, else its
 * only one. Throws 'request.invalid' for what is none, and for a feature that is not finite.
 */
export async function readFeatures(file: string, usual: readonly string[]): Promise<FeatureFile> {
  const { array: { shape, data, integer }, metadata } = await chosen(file, usual);
  if (shape.length !== 2 || integer) return refuse(file, `it is ${integer ? 'whole numbers' : 'an array'} of shape [${shape.join(', ')}]; expected features [images, features], float32 or float64`);
  const [n, d] = shape as [number, number];
  if (n < 2 || d < 1) return refuse(file, `its features are of ${n} images, ${d} each; a score needs at least 2 images and 1 feature`);
  if (d > mostFeatures) return refuse(file, `an image has ${d} features, more than the ${mostFeatures} that can be compared`);
  const bad = data.findIndex((x: number) => !Number.isFinite(x));
  if (bad >= 0) return refuse(file, `feature ${bad % d} of image ${Math.floor(bad / d)} is ${data[bad]}; leave the image out, or look why its extractor gave none`);
  return { file, features: { values: data, n, d }, ...(metadata?.['extractor'] !== undefined && { extractor: metadata['extractor'] }) };
}

/** The class of each image, whole numbers [n], of a file as `readFeatures` reads them. */
export async function readLabels(file: string): Promise<ArrayLike<number>> {
  const { array: { shape, data } } = await chosen(file, ['labels']);
  const bad = data.findIndex((x: number) => !Number.isSafeInteger(x));
  if (shape.length !== 1 || bad >= 0) return refuse(file, `expected a whole number for each image, [images]; it is of shape [${shape.join(', ')}]${bad < 0 ? '' : `, and number ${bad} is ${data[bad]}`}`);
  return data;
}
