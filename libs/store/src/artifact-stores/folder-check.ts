import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { systemError } from '@elucidate/experiment/system-error';

const idFile = (root: string): string => join(root, 'store-id');

/** Bytes and fraction of the whole that must be free: stages would fail half-way with less. */
const [leastFreeBytes, leastFreeFraction] = [64 * 2 ** 20, 0.02];

/** Whether a folder can be written and has room: writes 64 KiB to it and removes them. Throws 'disk.full', 'folder.unusable'. */
export async function checkWritable(folder: string): Promise<void> {
  const file = join(folder, `.check-${randomBytes(8).toString('hex')}`);
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    if (bavail * bsize < Math.min(leastFreeBytes, leastFreeFraction * blocks * bsize)) throw new ElucidateError('disk.full', `${folder} has only ${Math.round((bavail * bsize) / 2 ** 20)} MiB left; free some space`);
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(Buffer.alloc(65_536, 1));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    // the same words each time and on each worker, so that they are printed once
    const known = systemError(cause);
    throw known === undefined ? cause : new ElucidateError(known.code, known.message.replace(file, folder), { cause });
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** A check whether artifacts can be written to a folder; it returns the folder's id, which the first one to check gives it. A folder whose id has gone since was removed, or is no longer mounted. */
export function folderCheck(root: string): () => Promise<{ id: string }> {
  let known: string | undefined;
  return async () => {
    await checkWritable(join(root, 'incoming'));
    if (known === undefined) await writeFile(idFile(root), randomUUID(), { flag: 'wx' }).catch(() => undefined);
    const id = await readFile(idFile(root), 'utf8').catch((cause: Error) => {
      throw new ElucidateError('folder.unusable', `${root} is not the folder it was: it has no store-id (${cause.message}); mount or restore it, or start the workers again to begin a new one`, { cause });
    });
    // empty for the moment in which another process writes it
    if (id !== '') known = id;
    return { id: known ?? '' };
  };
}
