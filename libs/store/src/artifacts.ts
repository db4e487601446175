import { createReadStream } from 'node:fs';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Bytes in the store, named by their hash. */
export interface Artifact {
  /** sha256, 64 hex digits. */
  hash: string;
  sizeBytes: number;
  mediaType: string;
}

/** Content to store: all at once, or piece by piece. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Bytes by their sha256. A hash exists only once its bytes are complete and crash-safe; the same bytes may be stored any number
 * of times concurrently. Where they are kept is up to the store: every store passes artifact-stores/conformance.fixture.ts.
 */
export interface ArtifactStore {
  /** For people: "the folder /srv/artifacts". */
  readonly name: string;
  /** Whether bytes can be put here now: writes a little and removes it. Returns an id of the place itself: two stores with one id have the same bytes. Throws 'disk.full', 'folder.unusable'. */
  check(): Promise<{ id: string }>;
  /** Stores the content; if the content rejects, rejects with the same error and stores nothing. Throws 'disk.full'. */
  put(content: Content, mediaType: string): Promise<Artifact>;
  /** The hashes that exist, without reading any bytes. */
  hasMany(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * The bytes, piece by piece; opened when the first piece is requested. Throws 'artifact.missing' before the first piece, and
   * 'artifact.corrupt' before the last: a reader that reaches the end has read the right bytes. Wrong ones are moved aside, out of the store.
   */
  openRead(hash: string): AsyncIterable<Uint8Array>;
  /** Everything in the store, in no order; `at` is when its bytes were last put, in ms since 1970. */
  list(): AsyncIterable<{ hash: string; sizeBytes: number; at: number }>;
  /** Removes bytes unless they were put again after `at`; nothing happens if they are not there. */
  remove(hash: string, at: number): Promise<void>;
  /** The path of a local file with these bytes, just verified: one in `folder`, which is made if need be, or the store's own. Read-only. Throws as `openRead` does. */
  materialise(hash: string, folder: string): Promise<string>;
}

/** A file as content, opened when its first piece is requested: a stream opened earlier may fail before it has a listener, which ends the process. */
export async function* fileContent(path: string): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Throws 'artifact.missing' for anything that is not a sha256: used as a path, it could lead anywhere. */
export function requireHash(name: string): void {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new ElucidateError('artifact.missing', `"${name}" is not the name of an artifact: 64 hex digits are`);
}
