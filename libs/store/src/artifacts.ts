import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Bytes in the store, named by their content. */
export interface Artifact {
  /** sha256, 64 hex digits. */
  hash: string;
  sizeBytes: number;
  mediaType: string;
}

/** Bytes by their sha256 in a folder, `ab/cdef...`. A name is there only when its bytes are, whole and on disk; the same bytes may be put any number of times at once. */
export interface Artifacts {
  put(bytes: Uint8Array, mediaType: string): Promise<Artifact>;
  /** The file is copied and stays. */
  putFile(path: string, mediaType: string): Promise<Artifact>;
  /** Where the bytes lie or would lie. */
  path(hash: string): string;
  has(hash: string): Promise<boolean>;
  /** Hashes the file, a piece at a time. Throws 'artifact.missing', or 'artifact.corrupt' once a file with other bytes is moved to corrupt/, where nothing finds it. */
  verify(hash: string): Promise<void>;
  /** The bytes as they are on disk. Throws 'artifact.missing'. */
  read(hash: string): Promise<Buffer>;
}

export async function openArtifacts(folder: string): Promise<Artifacts> {
  const root = resolve(folder);
  await mkdir(join(root, 'incoming'), { recursive: true });
  await clearAbandoned(join(root, 'incoming'));
  const path = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new ElucidateError('artifact.missing', `"${hash}" is not the name of an artifact: 64 hex digits are`);
    return join(root, hash.slice(0, 2), hash.slice(2));
  };
  const has = (hash: string): Promise<boolean> => stat(path(hash)).then((file) => file.isFile(), () => false);
  return {
    path,
    has,
    put: (bytes, mediaType) => receive({ root, path }, [bytes], mediaType),
    putFile: (source, mediaType) => receive({ root, path }, chunksOf(source), mediaType),
    read: (hash) => readFile(path(hash)).catch(unread(hash, root)),
    async verify(hash) {
      const found = await sha256Of(path(hash)).catch(unread(hash, root));
      if (found === hash) return;
      const outcome = await setAside({ root, path }, hash);
      throw new ElucidateError('artifact.corrupt', `Artifact ${hash} is corrupt: ${path(hash)} holds bytes whose sha256 is ${found}; ${outcome}, then retry the sweep or submit it again, which makes the file anew`, { details: { hash, found } });
    },
  };
}

type Folder = Pick<Artifacts, 'path'> & { root: string };

/** Names what could not be read: the system's own "EIO: i/o error, read" does not. */
const unread = (hash: string, root: string) => (cause: NodeJS.ErrnoException): never => {
  if (cause.code === 'ENOENT') throw new ElucidateError('artifact.missing', `Artifact ${hash} is not in ${root}; run the stage that makes it again`, { cause });
  throw new Error(`Artifact ${hash} in ${root} cannot be read (${cause.message}); check the disk and the folder's permissions`, { cause });
};

/** A file piece by piece, opened when the first is asked for: a stream opened earlier may fail before anybody listens, which ends the process. */
async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file)) yield chunk as Buffer;
}

async function sha256Of(file: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of chunksOf(file)) sha256.update(chunk);
  return sha256.digest('hex');
}

/** Moves a corrupt file away, kept for whoever asks what happened to it; says what is left to do with it. */
async function setAside({ root, path }: Folder, hash: string): Promise<string> {
  const aside = join(root, 'corrupt', hash);
  try {
    await mkdir(dirname(aside), { recursive: true });
    await rename(path(hash), aside);
  } catch (cause) {
    // somebody else was faster
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return `it could not be moved away (${(cause as Error).message}): remove it`;
  }
  return `it was moved to ${aside}: check the disk`;
}

/** Writes beside the store while hashing, syncs, and only then gives the bytes their name. */
async function receive({ root, path }: Folder, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, mediaType: string): Promise<Artifact> {
  const temporary = join(root, 'incoming', randomBytes(16).toString('hex'));
  try {
    const { hash, sizeBytes } = await writeHashed(temporary, chunks);
    const target = path(hash);
    await mkdir(dirname(target), { recursive: true });
    // over an older copy too: should that one have rotted, this heals it
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return { hash, sizeBytes, mediaType };
  } catch (cause) {
    if (['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw new ElucidateError('disk.full', `No space left under ${root}; free some, then the stage can run again`, { cause });
    throw cause;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeHashed(file: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<{ hash: string; sizeBytes: number }> {
  const sha256 = createHash('sha256');
  const output = await open(file, 'wx');
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      await output.writeFile(chunk);
      sizeBytes += chunk.length;
    }
    await output.sync();
  } finally {
    await output.close();
  }
  return { hash: sha256.digest('hex'), sizeBytes };
}

/** A rename survives a power cut only once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** What a killed process was writing. */
async function clearAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = await stat(join(incoming, name)).catch(() => null);
    if (file && Date.now() - file.mtimeMs > abandonedAfterMs) await rm(join(incoming, name), { force: true });
  }
}
