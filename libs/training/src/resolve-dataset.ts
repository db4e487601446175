import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { fashionMnistFiles, type FashionMnistFile, locate, readVerified } from './fashion-mnist.js';
import { downloadFiles, officialAddress, unpackDebianPackage } from './fetch-dataset.js';

export interface DatasetPlaces {
  /** ELUCIDATE_HOME; fetched files are kept under `datasets/fashion-mnist` in it. */
  home: string;
  log(line: string): void;
  env?: Readonly<Record<string, string | undefined>>;
  /** Where Debian's package dataset-fashion-mnist puts the files. */
  systemDir?: string;
  address?: string;
}

/** A place the set may come from: gives a folder, or throws with the reason why it cannot. */
interface Source {
  name: string;
  find(): Promise<string>;
}

const files = Object.keys(fashionMnistFiles) as FashionMnistFile[];

/**
 * The folder that holds Fashion-MNIST, all four files checked. Looks, in order, at FASHION_MNIST_DIR, the Debian package's folder and the cache under
 * `home`; then fetches into the cache from the official address or, failing that, from Debian's archive.
 * Throws data.missing with what was tried, data.corrupt when a file found on this machine has the wrong hash.
 */
export async function resolveFashionMnist(places: DatasetPlaces): Promise<string> {
  const failures: string[] = [];
  for (const { name, find } of sources(places)) {
    try {
      const dir = await find();
      places.log(`Fashion-MNIST: ${dir} (${name})`);
      return dir;
    } catch (cause) {
      if (cause instanceof ElucidateError && cause.code === 'data.corrupt') throw cause;
      failures.push(`${name}: ${reason(cause)}`);
    }
  }
  const list = failures.map((failure, i) => `\n  ${i + 1}. ${failure}`).join('');
  throw new ElucidateError('data.missing', `Fashion-MNIST is not here and could not be fetched. Tried:${list}\nPut its four files (.gz or plain) in a folder and set FASHION_MNIST_DIR to it; docs/datasets.md says where they are found`, { details: { failures } });
}

function sources({ home, log, env = process.env, systemDir = '/usr/share/datasets/fashion-mnist', address = officialAddress }: DatasetPlaces): Source[] {
  const cache = path.join(home, 'datasets', 'fashion-mnist');
  return [
    { name: 'FASHION_MNIST_DIR', find: async () => whole(env['FASHION_MNIST_DIR'] || unset()) },
    { name: `Debian package dataset-fashion-mnist, ${systemDir}`, find: () => whole(systemDir) },
    { name: `cache ${cache}`, find: () => whole(cache) },
    { name: `download from ${address}`, find: () => intoCache(cache, (dir) => downloadFiles({ address, names: files.map((file) => `${file}.gz`), dir, log })) },
    { name: 'apt-get download dataset-fashion-mnist', find: () => intoCache(cache, (dir) => unpackDebianPackage({ name: 'dataset-fashion-mnist', dir, env, log })) },
  ];
}

/** The folder itself, once all four files in it are found and their hashes are right. */
async function whole(dir: string): Promise<string> {
  const absent = files.filter((file) => !locate(dir, file));
  if (absent.length > 0) throw new Error(absent.length === files.length ? 'no such files there' : `${absent.join(', ')} not there`);
  for (const file of files) await readVerified(dir, file);
  return dir;
}

/** Fetches into a temporary folder beside the cache, checks, then renames file by file: each is there whole or not at all, whoever else does the same. */
async function intoCache(cache: string, fetchInto: (dir: string) => Promise<string>): Promise<string> {
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(path.join(path.dirname(cache), '.fetching-'));
  try {
    const fetched = await whole(await fetchInto(temporary)).catch((cause: unknown) => { throw new Error(reason(cause)); });
    for (const file of files) {
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
