import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

export interface FolderFile {
  path: string;
  /** sha256 of its bytes. */
  hash: string;
}

export interface FolderContents {
  /** The name of the set: sha256 of the files' hashes, sorted, one a line. File names and places play no part. */
  contents: string;
  /** One file for each hash, sorted by hash. */
  files: readonly FolderFile[];
}

export interface FolderHooks {
  signal?: AbortSignal;
  onProgress?(progress: { step: string; done: number; total: number }): void;
}

const imageEndings: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg']);

/** What a folder of images holds: every .png, .jpg and .jpeg in it and in folders under it, hidden ones apart. Throws request.invalid when there are none. */
export async function folderContents(folder: string, { signal, onProgress }: FolderHooks = {}): Promise<FolderContents> {
  const paths = await imagePaths(folder);
  if (paths.length === 0) throw new ElucidateError('request.invalid', `${folder} holds no .png, .jpg or .jpeg file, nor does any folder in it; name the folder that holds the images`);
  const byHash = new Map<string, FolderFile>();
  for (const [i, file] of paths.entries()) {
    signal?.throwIfAborted();
    const hash = await hashOf(file);
    if (!byHash.has(hash)) byHash.set(hash, { path: file, hash });
    onProgress?.({ step: 'reading', done: i + 1, total: paths.length });
  }
  const files = [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return { contents: contentsOf(files.map(({ hash }) => hash)), files };
}

function contentsOf(sortedHashes: readonly string[]): string {
  return createHash('sha256').update(sortedHashes.map((hash) => `${hash}\n`).join('')).digest('hex');
}

/** In the order of their names, so that which of two equal files stands for both does not depend on the file system. */
async function imagePaths(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : cause.code === 'ENOTDIR' ? 'is a file, not a folder' : `cannot be read (${cause.message})`;
    throw new ElucidateError('request.invalid', `${folder} ${why}; name a folder of PNG or JPEG files`, { cause });
  });
  const named = entries.filter((entry) => imageEndings.has(path.extname(entry).toLowerCase()) && !entry.split(path.sep).some((part) => part.startsWith('.'))).sort();
  const places = named.map((entry) => path.join(folder, entry));
  const kinds = await Promise.all(places.map(async (place) => (await stat(place).catch(() => undefined))?.isFile() ?? false));
  return places.filter((_, i) => kinds[i]);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
