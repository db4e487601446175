import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { fileContent, requireHash, type Artifact, type ArtifactStore } from '../artifacts.js';
import { folderCheck } from './folder-check.js';
import { verified } from './verified.js';

/** Bytes by their sha256 in a folder, `ab/cdef...`; `incoming` holds files being written, `corrupt` those that no longer match their hash. */
export async function openFolder(root: string): Promise<ArtifactStore> {
  await mkdir(join(root, 'incoming'), { recursive: true });
  await clearAbandoned(join(root, 'incoming'));
  const has = (hash: string): Promise<boolean> => stat(fileOf(root, hash)).then((file) => file.isFile(), () => false);
  const openRead = (hash: string): AsyncGenerator<Uint8Array, void> => verified(hash, piecesOf(root, hash), () => setAside(root, hash));
  return {
    name: `the folder ${root}`,
    check: folderCheck(root),
    put: (content, mediaType) => receive(root, content instanceof Uint8Array ? [content] : content, mediaType),
    async hasMany(hashes) {
      const there = await Promise.all(hashes.map(has));
      return new Set(hashes.filter((_, i) => there[i]));
    },
    openRead,
    list: () => filesOf(root),
    async remove(hash, at) {
      const file = await stat(fileOf(root, hash)).catch(() => null);
      if (file !== null && file.mtimeMs <= at) await rm(fileOf(root, hash), { force: true });
    },
    async materialise(hash) {
      const pieces = openRead(hash);
      while (!(await pieces.next()).done);
      return fileOf(root, hash);
    },
  };
}

/** The path of the bytes, whether or not they exist. Throws 'artifact.missing' for anything that is not a hash. */
export function fileOf(root: string, hash: string): string {
  requireHash(hash);
  return join(root, hash.slice(0, 2), hash.slice(2));
}

/** The files of the store itself, without those being written or set aside. */
async function* filesOf(root: string): AsyncGenerator<{ hash: string; sizeBytes: number; at: number }, void> {
  for (const start of await readdir(root)) {
    if (!/^[0-9a-f]{2}$/.test(start)) continue;
    for (const rest of await readdir(join(root, start))) {
      const file = await stat(join(root, start, rest)).catch(() => null);
      if (file?.isFile() && /^[0-9a-f]{62}$/.test(rest)) yield { hash: `${start}${rest}`, sizeBytes: file.size, at: file.mtimeMs };
    }
  }
}

/** A file piece by piece. Errors name the file; the system's own "EIO: i/o error, read" does not. */
async function* piecesOf(root: string, hash: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* fileContent(fileOf(root, hash));
  } catch (cause) {
    if (cause instanceof ElucidateError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new ElucidateError('artifact.missing', `Artifact ${hash} is not in ${root}; run the stage that makes it again`, { cause });
    throw new Error(`Artifact ${hash} in ${root} cannot be read (${(cause as Error).message}); check the disk and the folder's permissions`, { cause });
  }
}

/** Moves a corrupt file aside, keeping it for inspection; returns what is left to do about it. */
async function setAside(root: string, hash: string): Promise<string> {
  const aside = join(root, 'corrupt', hash);
  try {
    await mkdir(dirname(aside), { recursive: true });
    await rename(fileOf(root, hash), aside);
  } catch (cause) {
    // another process was faster
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return `it could not be moved away (${(cause as Error).message}): remove it`;
  }
  return `it was moved to ${aside}: check the disk`;
}

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Writes to `incoming` while hashing, syncs, and only then moves the bytes to their final name. */
async function receive(root: string, pieces: Pieces, mediaType: string): Promise<Artifact> {
  const temporary = join(root, 'incoming', randomBytes(16).toString('hex'));
  try {
    const { hash, sizeBytes } = await writeHashed(temporary, pieces);
    const target = fileOf(root, hash);
    // also over an older copy: if that one is corrupt, this replaces it
    await rename(temporary, target).catch(async () => {
      await mkdir(dirname(target), { recursive: true });
      await rename(temporary, target);
    });
    await syncFolder(dirname(target));
    return { hash, sizeBytes, mediaType };
  } catch (cause) {
    await rm(temporary, { force: true });
    if (['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw new ElucidateError('disk.full', `No space left under ${root}; free some, then the stage can run again`, { cause });
    throw cause;
  }
}

async function writeHashed(file: string, pieces: Pieces): Promise<{ hash: string; sizeBytes: number }> {
  const sha256 = createHash('sha256');
  const output = await open(file, 'wx');
  let sizeBytes = 0;
  try {
    for await (const piece of pieces) {
      sha256.update(piece);
      await output.writeFile(piece);
      sizeBytes += piece.length;
    }
    await output.sync();
  } finally {
    await output.close();
  }
  return { hash: sha256.digest('hex'), sizeBytes };
}

/** A rename survives a power failure only once its folder has been synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Files that a killed process was writing. */
async function clearAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = await stat(join(incoming, name)).catch(() => null);
    if (file && Date.now() - file.mtimeMs > abandonedAfterMs) await rm(join(incoming, name), { force: true });
  }
}
