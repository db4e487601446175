import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Why a file could not be written, and what to do. */
function unwritable(path: string, cause: NodeJS.ErrnoException): ElucidateError {
  const [code, remedy] = cause.code === 'ENOSPC' ? ['disk.full', 'make room, or name another place with --out'] as const : ['request.invalid', 'name another place with --out'] as const;
  return new ElucidateError(code, `Cannot write to ${JSON.stringify(path)}: ${cause.code ?? cause.message}; ${remedy}.`, { cause });
}

/** Makes a folder, and those that it is in. Throws 'request.invalid' or 'disk.full'. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(path, cause)));
}

/** Writes a file, in a folder that is made if it is not there. Throws 'request.invalid' or 'disk.full'. */
export async function saveFile(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  await writeFile(path, content).catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(path, cause)));
}

/** Writes parts one after another to a file, or to standard output if none is named, whose reader may stop before its end. Throws 'request.invalid' or 'disk.full'. */
export async function writeOut(parts: AsyncIterable<string | Uint8Array>, path: string | undefined): Promise<void> {
  try {
    await (path === undefined ? pipeline(Readable.from(parts), process.stdout, { end: false }) : pipeline(Readable.from(parts), createWriteStream(path)));
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (path === undefined && code === 'EPIPE') return;
    throw path !== undefined && syscall !== undefined ? unwritable(path, error as NodeJS.ErrnoException) : error;
  }
}
