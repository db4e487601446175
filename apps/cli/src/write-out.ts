import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Why a file could not be written, and what to do. */
export function unwritable(path: string, cause: NodeJS.ErrnoException): ElucidateError {
  const [code, remedy] = cause.code === 'ENOSPC' ? ['disk.full', 'make room, or name another place with --out'] as const : ['request.invalid', 'name another place with --out'] as const;
  return new ElucidateError(code, `Cannot write to ${JSON.stringify(path)}: ${cause.code ?? cause.message}; ${remedy}.`, { cause });
}

/** Writes parts one after another to a file, or to standard output if none is named. Whoever reads standard output may stop reading. */
export async function writeOut(parts: AsyncIterable<string | Uint8Array>, path: string | undefined): Promise<void> {
  try {
    await (path === undefined ? pipeline(Readable.from(parts), process.stdout, { end: false }) : pipeline(Readable.from(parts), createWriteStream(path)));
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (path === undefined && code === 'EPIPE') return;
    throw path !== undefined && syscall !== undefined ? unwritable(path, error as NodeJS.ErrnoException) : error;
  }
}
