import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentId } from '@elucidate/experiment/canonical';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';

/** What runs of programs held in memory, in ELUCIDATE_HOME, by which a worker knows how many fit beside each other. */

/** What the memory of a run is taken to depend on. */
export interface ProgramUse {
  program: Pick<ProgramSpec, 'contents' | 'command' | 'settings'>;
  kind: 'train' | 'sample' | 'embed';
  /** Pixels per side, and channels. */
  size: number;
  channels: number;
  /** Of a training step, or to be generated; any number of features. */
  images?: number | undefined;
}

/** Bytes of a program that has not run here, where nothing limits it. Python with torch and a small network on a GPU takes about this much. */
export const unseenProgram = 2048 * 2 ** 20;

export const heldFolder = (home: string): string => join(home, 'program-memory');

/** It begins with the program's contents, as `prune` expects. */
function heldPath(home: string, { program: { contents, command, settings }, kind, size, channels, images }: ProgramUse): string {
  return join(heldFolder(home), `${contents}-${contentId({ command, settings, kind, size, channels, images })}`);
}

/** The most bytes that a run like this held on this machine; undefined if none was watched. */
export async function heldBytes(home: string, use: ProgramUse): Promise<number | undefined> {
  const bytes = Number(await readFile(heldPath(home, use), 'utf8').catch(() => NaN));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Keeps the most that was held. Of two runs that end at once one may be lost, until the next; where it cannot be written, a worker guesses again. */
export async function keepHeld(home: string, use: ProgramUse, bytes: number): Promise<void> {
  if (bytes <= (await heldBytes(home, use) ?? 0)) return;
  await write(heldPath(home, use), `${bytes}\n`).catch(() => {});
}

async function write(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
