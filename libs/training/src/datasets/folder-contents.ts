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
  /** The name of its class, if the folder has classes. */
  label?: string | undefined;
}

export interface FolderContents {
  /** The name of the set: sha256 of the sorted file hashes, one per line, each followed by a space and its class if there are classes. File names do not matter. */
  contents: string;
  /** One file per hash, sorted by hash. */
  files: readonly FolderFile[];
  /** Names of the classes, sorted; empty for a folder without classes. */
  classes: readonly string[];
  /** Files skipped because an identical one has another class. */
  contradicted: readonly FolderSkip[];
}

/** A skipped file, by its path in the folder, and why. */
export interface FolderSkip {
  file: string;
  reason: string;
}

export interface FolderHooks {
  signal?: AbortSignal;
  onProgress?(progress: { step: string; done: number; total: number }): void;
}

const imageEndings: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg']);

/**
 * What a folder of images contains: every .png, .jpg and .jpeg in it and its subfolders, except hidden ones. If all are in two or more
 * immediate subfolders, those are the classes, as in torchvision's ImageFolder.
 * Throws request.invalid if there are no images, or if some are in subfolders and some directly in the folder.
 */
export async function folderContents(folder: string, { signal, onProgress }: FolderHooks = {}): Promise<FolderContents> {
  const paths = await imagePaths(folder);
  const classOf = classesIn(folder, paths);
  if (paths.length === 0) throw new ElucidateError('request.invalid', `${folder} holds no .png, .jpg or .jpeg file, nor does any folder in it; name the folder that holds the images`);
  const byHash = new Map<string, FolderFile>();
  const contradicted: FolderSkip[] = [];
  for (const [i, file] of paths.entries()) {
    signal?.throwIfAborted();
    const found = { path: file, hash: await hashOf(file), label: classOf(file) };
    const known = byHash.get(found.hash);
    if (known === undefined) byHash.set(found.hash, found);
    else if (known.label !== found.label) contradicted.push({ file: path.relative(folder, file), reason: `it equals ${path.relative(folder, known.path)}, which is of another class` });
    onProgress?.({ step: 'reading', done: i + 1, total: paths.length });
  }
  const files = [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const classes = [...new Set(files.flatMap(({ label }) => label ?? []))].sort();
  return { contents: contentsOf(files), files, classes, contradicted };
}

function contentsOf(sorted: readonly FolderFile[]): string {
  return createHash('sha256').update(sorted.map(({ hash, label }) => `${hash}${label === undefined ? '' : ` ${label}`}\n`).join('')).digest('hex');
}

/** The class of each image: the immediate subfolder of the given folder that contains it. A single subfolder is not a class. */
function classesIn(folder: string, paths: readonly string[]): (file: string) => string | undefined {
  const top = (file: string) => path.relative(folder, file).split(path.sep);
  const beside = paths.filter((file) => top(file).length === 1).length;
  if (beside > 0 && beside < paths.length) {
    throw new ElucidateError('request.invalid', `${folder} holds ${beside} images itself and ${paths.length - beside} in folders in it, so which classes it has is not clear; put each image in the folder of its class, or all into one folder for none`);
  }
  const single = new Set(paths.map((file) => top(file)[0])).size < 2;
  return (file) => (beside > 0 || single ? undefined : top(file)[0]);
}

/** In the order of their names, so that which of two identical files represents both does not depend on the file system. */
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
