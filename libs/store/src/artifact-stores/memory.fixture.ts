import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { requireHash, type ArtifactStore } from '../artifacts.js';
import { verified } from './verified.js';

export interface MemoryArtifacts extends ArtifactStore {
  /** The bytes under each hash; tests tamper with them. */
  readonly bytes: Map<string, Buffer>;
}

const pieceBytes = 65_536;

/** Bytes in this process, without any path: a stage's inputs must be materialised, as from a remote store. */
export function memoryArtifacts(): MemoryArtifacts {
  const bytes = new Map<string, Buffer>();
  const putAt = new Map<string, number>();
  const id = randomUUID();
  async function* pieces(hash: string): AsyncGenerator<Uint8Array, void> {
    const found = bytes.get(hash);
    if (found === undefined) throw new ElucidateError('artifact.missing', `Artifact ${hash} is not in memory; run the stage that makes it again`);
    for (let start = 0; start < found.length; start += pieceBytes) yield found.subarray(start, start + pieceBytes);
  }
  const openRead = (hash: string): AsyncIterable<Uint8Array> => verified(hash, pieces(hash), async () => {
    bytes.delete(hash);
    return 'it was forgotten';
  });
  return {
    name: 'memory',
    bytes,
    check: async () => ({ id }),
    async put(content, mediaType) {
      const whole = content instanceof Uint8Array ? Buffer.from(content) : await buffer(content);
      const hash = createHash('sha256').update(whole).digest('hex');
      bytes.set(hash, whole);
      putAt.set(hash, Date.now());
      return { hash, sizeBytes: whole.length, mediaType };
    },
    hasMany: async (hashes) => new Set(hashes.filter((hash) => bytes.has(hash))),
    openRead,
    async* list() {
      for (const [hash, { length }] of bytes) yield { hash, sizeBytes: length, at: putAt.get(hash) ?? 0 };
    },
    async remove(hash, at) {
      if ((putAt.get(hash) ?? 0) <= at) bytes.delete(hash);
    },
    async materialise(hash, folder) {
      requireHash(hash);
      const path = join(folder, hash);
      await mkdir(folder, { recursive: true });
      await writeFile(path, openRead(hash));
      return path;
    },
  };
}
