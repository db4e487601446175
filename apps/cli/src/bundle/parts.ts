import { basename, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import type { Packed } from '@elucidate/stages/programs/pack';
import { idxFiles, type IdxSetName, idxSets, locate } from '@elucidate/training/datasets/idx-sets';
import { findFolder } from '@elucidate/training/datasets/folder-images';
import { folderPlace } from '@elucidate/training/datasets/folder-place';
import { filesBelow, oneFile } from './files.js';

/** What `--with` can name. */
export interface Parts {
  webgpu: boolean;
  postgres: boolean;
  /** Data sets known by name. */
  sets: readonly IdxSetName[];
  /** Imported folders, by their contents. */
  folders: readonly string[];
}

const isSet = (word: string): word is IdxSetName => word in idxSets;
const isContents = (word: string): boolean => /^[0-9a-f]{64}$/.test(word);

/** The words of `--with`. Throws request.invalid for any other. */
export function partsOf(words: readonly string[]): Parts {
  const unknown = words.filter((word) => word !== 'webgpu' && word !== 'postgres' && !isSet(word) && !isContents(word));
  if (unknown.length > 0) {
    throw new ElucidateError('request.invalid', `--with ${unknown.join(',')}: known are webgpu, postgres, ${Object.keys(idxSets).join(', ')}, and the \`contents\` of a folder of images as \`elucidate dataset add\` prints it`);
  }
  return { webgpu: words.includes('webgpu'), postgres: words.includes('postgres'), sets: words.filter(isSet), folders: words.filter(isContents) };
}

/** The files of the data sets, below `datasets/` as in a home folder. Fetches what is not on this machine. Throws data.missing. */
export async function datasetFiles({ sets, folders }: Parts, place: { home: string; log(line: string): void }): Promise<Packed[]> {
  const files: Packed[] = [];
  for (const name of sets) {
    const dir = await prepareDataset({ name, resolution: 32 }, place);
    for (const file of idxFiles.map((each) => locate(dir, each)!)) files.push(oneFile(file, join('datasets', name, basename(file))));
  }
  for (const contents of folders) {
    await findFolder(place.home, contents);
    files.push(...filesBelow(folderPlace(place.home, contents), folderPlace('.', contents)));
  }
  return files;
}
