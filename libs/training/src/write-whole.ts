import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Writes a file atomically: under a temporary name next to it, flushed to the disk, then renamed. Throws disk.full. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw new ElucidateError('disk.full', `No room on the disk for ${path} (${bytes.length} bytes); free some and try again`, { cause });
    throw cause;
  }
}
