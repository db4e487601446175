import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { ProgramFile } from './program-files.js';

/** A file of an archive, or a symbolic link. */
export type Packed = ProgramFile & { /** The file itself. */ from: string } | { path: string; /** Where the link leads. */ link: string };

/** A tar file, piece by piece, that depends on nothing but the files' paths, bytes and whether they are executable. */
export async function* tarOf(files: Iterable<Packed>): AsyncGenerator<Uint8Array, void> {
  const archive = pack();
  const filling = fill(archive, files).catch((error: unknown) => void archive.destroy(error as Error));
  yield* archive as AsyncIterable<Buffer>;
  await filling;
}

/** A program's archive, piece by piece. Its sha256 names the program. */
export const packed = (folder: string, files: readonly ProgramFile[]): AsyncGenerator<Uint8Array, void> => tarOf(files.map((file) => ({ ...file, from: join(folder, file.path) })));

/** Writes a program's archive to a file, and returns its sha256, 64 hex digits. One piece is in memory at a time. */
export async function writeArchive(path: string, folder: string, files: readonly ProgramFile[]): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const piece of packed(folder, files)) {
      hash.update(piece);
      yield piece;
    }
  };
  await writeFile(path, hashed());
  return hash.digest('hex');
}

async function fill(archive: ReturnType<typeof pack>, files: Iterable<Packed>): Promise<void> {
  const common = { mtime: new Date(0), uid: 0, gid: 0 };
  for (const file of files) {
    if ('link' in file) {
      archive.entry({ ...common, name: file.path, type: 'symlink', linkname: file.link, mode: 0o777 });
      continue;
    }
    const entry = archive.entry({ ...common, name: file.path, size: file.sizeBytes, mode: file.executable ? 0o755 : 0o644, type: 'file' });
    await pipeline(createReadStream(file.from), entry);
  }
  archive.finalize();
}
