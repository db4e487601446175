import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Split } from './idx-sets.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const indexSchema = z.strictObject({
  contents: hash,
  /** Hashes of the images that can be used, sorted. */
  images: z.array(hash),
  /** Names of the classes, sorted, and the class of each image; absent if there are none. */
  labels: z.strictObject({ classes: z.array(z.string()), of: z.array(z.int().min(0)) }).optional(),
  /** Files that could not be used, and why. */
  skipped: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  /** What was lost in the conversion, and in how many images: { "16 bits made 8": 3 }. */
  notes: z.record(z.string(), z.int()),
  /** Checksum of all the above; absent in an import of before there were checksums. */
  sha256: hash.optional(),
});
/** What an import found, stored next to the files. */
export type FolderIndex = z.infer<typeof indexSchema>;

/** Where an imported folder is stored under ELUCIDATE_HOME: index.json, the original files as files/<hash>, and the pixels of each shape requested so far. */
export function folderPlace(home: string, contents: string): string {
  return path.join(home, 'datasets', 'folder', contents);
}

export const indexFile = 'index.json';
export const originalFile = (file: string): string => path.join('files', file);

/** Images per test image, on average. */
const sevenths = 7;

/** The split of an image, from its own hash: test if its first four bytes, big-endian, are divisible by 7. Adding images to a folder moves none from one split to the other. */
export function splitOf(file: string): Split {
  return Number.parseInt(file.slice(0, 8), 16) % sevenths === 0 ? 'test' : 'train';
}

/** The index of an imported folder, or undefined when it is not on this machine. Throws data.corrupt. */
export async function readIndex(home: string, contents: string): Promise<FolderIndex | undefined> {
  const place = path.join(folderPlace(home, contents), indexFile);
  const text = await readFile(place, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  const parsed = indexSchema.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.contents !== contents || !isWhole(parsed.data)) throw new ElucidateError('data.corrupt', `${place} is not the index of an imported folder, or is damaged; delete ${path.dirname(place)} and import it again`);
  return parsed.data;
}

/** The text of an index, with its checksum. */
export const encodeIndex = (index: FolderIndex): string => JSON.stringify({ ...index, sha256: checksumOf(index) });

const isWhole = (index: FolderIndex): boolean => index.sha256 === undefined || index.sha256 === checksumOf(index);

function checksumOf(index: FolderIndex): string {
  const rest = Object.fromEntries(Object.entries(index).filter(([name]) => name !== 'sha256'));
  return createHash('sha256').update(canonical(rest)).digest('hex');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
