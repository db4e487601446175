import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { requireLearnable } from './learnable.js';
import { decodeImage } from './decode-image.js';
import { fitted, type Shape } from './fit-picture.js';
import { folderContents, type FolderContents, type FolderFile, type FolderHooks } from './folder-contents.js';
import { checkSize, emptySplits, encodePixels, folderImages, type FolderRequest, pixelsName, type SplitImages, withLabels } from './folder-images.js';
import { encodeIndex, type FolderIndex, folderPlace, indexFile, originalFile, readIndex } from './folder-place.js';

export interface ImportHooks extends FolderHooks {
  /** The shape to prepare now; others are made when a sweep needs them. Default 32x32, colour. */
  shape?: Shape;
}

export interface ImportedFolder {
  contents: string;
  /** Where it is stored now. */
  place: string;
  /** Whether it was there before. */
  known: boolean;
  train: number;
  test: number;
  /** Names of the classes, sorted; empty for a folder without classes. */
  classes: readonly string[];
  /** Files skipped, and why. */
  skipped: FolderIndex['skipped'];
  notes: Readonly<FolderIndex['notes']>;
  /** What makes results over these images say little. */
  warnings: readonly string[];
}

/** FID needs two of each. */
const fewest = 2;

/**
 * Copies a folder of PNG and JPEG files, in class folders or not, into ELUCIDATE_HOME atomically. Files that cannot be used are skipped and reported.
 * Throws request.invalid when fewer than two train or two test images remain, or nothing can be learnt from them.
 */
export async function importFolder(folder: string, home: string, hooks: ImportHooks = {}): Promise<ImportedFolder> {
  const { shape = { resolution: 32, channels: 3 } } = hooks;
  const found = await folderContents(folder, hooks);
  const place = folderPlace(home, found.contents);
  const known = await earlierImport(folder, found, { request: { home, contents: found.contents, ...shape }, hooks });
  if (known) return known;
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = await mkdtemp(path.join(path.dirname(place), '.importing-'));
  try {
    const { index, splits } = await fill(temporary, { folder, found, shape }, hooks);
    const warnings = requireLearnable(folder, withLabels(splits, index));
    await moveInto(place, temporary);
    return { contents: found.contents, place, known: false, train: splits.train.count, test: splits.test.count, classes: found.classes, skipped: index.skipped, notes: index.notes, warnings };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    throw new ElucidateError('disk.full', `No room on the disk for a copy of ${folder} in ${path.dirname(place)}; free some and import it again`, { cause });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What is there of an earlier import; undefined if nothing is. A damaged one is removed: the folder at hand has all it had. */
async function earlierImport(folder: string, { contents, classes }: FolderContents, { request, hooks }: { request: FolderRequest; hooks: FolderHooks }): Promise<ImportedFolder | undefined> {
  const place = folderPlace(request.home, contents);
  try {
    const index = await readIndex(request.home, contents);
    if (!index) return undefined;
    const splits = await folderImages(request, hooks);
    return { contents, place, known: true, train: splits.train.count, test: splits.test.count, classes, skipped: index.skipped, notes: index.notes, warnings: requireLearnable(folder, splits) };
  } catch (cause) {
    if (!(cause instanceof ElucidateError) || cause.code !== 'data.corrupt') throw cause;
    await rm(place, { recursive: true, force: true });
    return undefined;
  }
}

interface Filling {
  folder: string;
  found: FolderContents;
  shape: Shape;
}

interface Filled {
  index: FolderIndex;
  splits: SplitImages;
}

async function fill(dir: string, { folder, found: { contents, files, classes, contradicted }, shape }: Filling, hooks: FolderHooks): Promise<Filled> {
  checkSize(files.length, shape);
  await mkdir(path.join(dir, 'files'));
  const index: FolderIndex = { contents, images: [], skipped: [...contradicted], notes: {}, ...(classes.length > 0 && { labels: { classes: [...classes], of: [] } }) };
  const pixels = new Map<string, Uint8Array>();
  for (const [i, file] of files.entries()) {
    hooks.signal?.throwIfAborted();
    const usable = await usableImage(file, shape);
    if ('reason' in usable) index.skipped.push({ file: path.relative(folder, file.path), reason: usable.reason });
    else {
      await copyFile(file.path, path.join(dir, originalFile(file.hash)), constants.COPYFILE_FICLONE);
      index.images.push(file.hash);
      if (file.label !== undefined) index.labels!.of.push(classes.indexOf(file.label));
      pixels.set(file.hash, usable.pixels);
      for (const note of usable.notes) index.notes[note] = (index.notes[note] ?? 0) + 1;
    }
    hooks.onProgress?.({ step: 'importing', done: i + 1, total: files.length });
  }
  const { splits, add } = emptySplits(index.images, shape);
  for (const [hash, values] of pixels) add(hash, values);
  checkEnough(folder, splits, index);
  await writeFile(path.join(dir, pixelsName(shape)), encodePixels(splits));
  await writeFile(path.join(dir, indexFile), encodeIndex(index));
  return { index, splits };
}

async function usableImage(file: FolderFile, shape: Shape): Promise<{ pixels: Uint8Array; notes: readonly string[] } | { reason: string }> {
  const bytes = await readFile(file.path);
  if (sha256(bytes) !== file.hash) throw new ElucidateError('request.invalid', `${file.path} changed while it was being imported; import the folder again once nothing writes to it`);
  try {
    const picture = await decodeImage(bytes);
    return { pixels: fitted(picture, shape), notes: picture.notes };
  } catch (cause) {
    return { reason: bytes.length === 0 ? 'it is empty' : (cause as Error).message.split('\n')[0]! };
  }
}

function checkEnough(folder: string, { train, test }: SplitImages, { skipped }: FolderIndex): void {
  if (train.count >= fewest && test.count >= fewest) return;
  const left = skipped.length === 0 ? '' : ` ${skipped.length} files were left out, the first, ${skipped[0]!.file}, because ${skipped[0]!.reason}.`;
  throw new ElucidateError('request.invalid', `${folder} gives ${train.count} train and ${test.count} test images; at least ${fewest} of each are needed.${left} About one image in seven goes to the test split, by the hash of its file: add images`, { details: { train: train.count, test: test.count, skipped } });
}

/** Renames a complete folder to its final path; another process may already have put the same one there. */
async function moveInto(place: string, temporary: string): Promise<void> {
  await rename(temporary, place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
  });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
