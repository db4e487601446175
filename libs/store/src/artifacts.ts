import { createReadStream } from 'node:fs';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Bytes in the store, named by their content. */
export interface Artifact {
  /** sha256, 64 hex digits. */
  hash: string;
  sizeBytes: number;
  mediaType: string;
}

/** What can be stored: all at once, or piece by piece. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Bytes by their sha256. A hash is there only when its bytes are, whole and safe from a crash; the same bytes may be put any number
 * of times at once. Where they lie is the store's own business: every store passes artifact-stores/conformance.fixture.ts.
 */
export interface ArtifactStore {
  /** For people: "the folder /srv/artifacts". */
  readonly name: string;
  /** Stores the content; rejects with what the content rejects with, and then keeps nothing. Throws 'disk.full'. */
  put(content: Content, mediaType: string): Promise<Artifact>;
  /** Those of the hashes that are there. Looks at no bytes. */
  hasMany(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * The bytes, piece by piece; opened when the first piece is asked for. Throws 'artifact.missing' before the first piece, and
   * 'artifact.corrupt' before the last: whoever reads to the end has read the right bytes. Wrong ones are put aside, where nothing finds them.
   */
  openRead(hash: string): AsyncIterable<Uint8Array>;
  /** The path of a local file of these bytes, checked just now: one in `folder`, or the store's own. It is only to be read. Throws as `openRead` does. */
  materialise(hash: string, folder: string): Promise<string>;
}

/** A file as content, opened when its first piece is asked for: a stream opened earlier may fail before anybody listens, which ends the process. */
export async function* fileContent(path: string): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Throws 'artifact.missing' for what is no sha256; as a path it might lead anywhere. */
export function requireHash(name: string): void {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new ElucidateError('artifact.missing', `"${name}" is not the name of an artifact: 64 hex digits are`);
}
