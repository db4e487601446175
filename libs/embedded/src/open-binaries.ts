import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, lstat, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { asNobody, works, type Identity } from './identity.js';

/**
 * The binaries at a place where an identity can run them. PostgreSQL checks its own executable with access(2), which considers only the user and not
 * its capabilities: under a folder closed to others (a clone under /root), the user nobody needs a copy elsewhere. It is compared with its source
 * each time (temporary folders are cleaned by others), and made again if it differs.
 */
export async function openBinaries(native: string, identity: Identity): Promise<string> {
  if (identity !== 'nobody' || (await works(asNobody(['test', '-r', join(native, 'bin', 'postgres')])))) return native;
  return verifiedCopy(native, join(tmpdir(), `elucidate-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 16)}`));
}

/** `copy`, with the contents of `native`. Throws 'embedded.unavailable'. */
export async function verifiedCopy(native: string, copy: string): Promise<string> {
  const existing = await lstat(copy).catch(() => null);
  if (existing !== null && (existing.uid !== process.getuid?.() || !existing.isDirectory())) {
    throw new ElucidateError('embedded.unavailable', `${copy} belongs to another user; remove it, or set DATABASE_URL`);
  }
  const wanted = await digestOf(native);
  if (existing === null || (await digestOf(copy)) !== wanted) await copyWhole(native, copy, wanted);
  return copy;
}

/** SHA-256 over the names and contents of all files of a folder. */
async function digestOf(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.slice(folder.length)}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

async function copyWhole(native: string, copy: string, wanted: string): Promise<void> {
  const draft = `${copy}.${randomBytes(4).toString('hex')}`;
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    // a server that runs from a damaged copy keeps its open files
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy);
  } catch (cause) {
    // another process was faster
    if ((await digestOf(copy).catch(() => null)) === wanted) return;
    throw new ElucidateError('embedded.unavailable', `Cannot copy PostgreSQL's programs to ${copy}: ${(cause as Error).message}; free some space there, or set DATABASE_URL`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
