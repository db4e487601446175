import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { ElucidateError } from '@elucidate/experiment/errors';

/** Unpacked programs, in ELUCIDATE_HOME, by the hash of their archive. */
export const programFolder = (home: string, contents: string): string => join(home, 'programs', contents);

/** The folder of a program, unpacked if it is not there yet; its files are read-only and shared by all runs. `archive`: a file whose hash was checked. Throws artifact.corrupt for one that holds more than plain files in it. */
export async function unpackProgram(archive: string, { home, contents }: { home: string; contents: string }): Promise<string> {
  const place = programFolder(home, contents);
  if (await isThere(place)) {
    // a prune leaves what was used lately
    await utimes(place, new Date(), new Date()).catch(() => undefined);
    return place;
  }
  await mkdir(dirname(place), { recursive: true });
  const temporary = await mkdtemp(join(dirname(place), '.unpacking-'));
  try {
    await unpackInto(temporary, archive);
    // another stage may have been faster: its folder has the same files
    await rename(temporary, place).catch(async (cause: unknown) => { if (!(await isThere(place))) throw cause; });
    return place;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const isThere = (place: string): Promise<boolean> => stat(place).then(() => true, () => false);

async function unpackInto(folder: string, archive: string): Promise<void> {
  const entries = createReadStream(archive).pipe(extract());
  for await (const entry of entries) {
    const { name, type, mode = 0o644 } = entry.header;
    if (type !== 'file' || !isPlain(name)) throw new ElucidateError('artifact.corrupt', `The program's archive holds ${JSON.stringify(name.slice(0, 200))}, of type ${type ?? 'unknown'}: only plain files in its folder may be in it; make it with \`elucidate program add\``);
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry, createWriteStream(path, { mode: mode & 0o111 ? 0o555 : 0o444, flags: 'wx' }));
  }
}

/** A relative path that stays inside. */
function isPlain(name: string): boolean {
  return name !== '' && !name.includes('\0') && !name.includes('\\') && !name.startsWith('/') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
