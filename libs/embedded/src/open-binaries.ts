import { createHash, randomBytes } from 'node:crypto';
import { cp, lstat, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { asNobody, works, type Identity } from './identity.js';

/**
 * The binaries at a place where an identity can run them. PostgreSQL checks its own executable with access(2), which considers only the user and not
 * its capabilities: under a folder closed to others (a clone under /root), the user nobody needs a copy elsewhere, made once.
 */
export async function openBinaries(native: string, identity: Identity): Promise<string> {
  if (identity !== 'nobody' || (await works(asNobody(['test', '-r', join(native, 'bin', 'postgres')])))) return native;
  const copy = join(tmpdir(), `elucidate-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 16)}`);
  const there = await lstat(copy).catch(() => null);
  if (there === null) await copyWhole(native, copy);
  else if (there.uid !== process.getuid?.() || !there.isDirectory()) {
    throw new ElucidateError('embedded.unavailable', `${copy} belongs to another user; remove it, or set DATABASE_URL`);
  }
  return copy;
}

async function copyWhole(native: string, copy: string): Promise<void> {
  const draft = `${copy}.${randomBytes(4).toString('hex')}`;
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy);
  } catch (cause) {
    // another process was faster
    if (await lstat(copy).catch(() => null)) return;
    throw new ElucidateError('embedded.unavailable', `Cannot copy PostgreSQL's programs to ${copy}: ${(cause as Error).message}; free some space there, or set DATABASE_URL`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
