import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { folderImages, type SplitImages } from '@elucidate/training/datasets/folder-images';
import { type IdxRequest, type LabelledImages, readIdxSet, type Split } from '@elucidate/training/datasets/idx-sets';
import { resolveIdxSet } from '@elucidate/training/datasets/resolve';
import { syntheticImages } from '@elucidate/training/datasets/synthetic';
import type { Images } from '@elucidate/training/images';
import type { StageContext } from './context.js';

type Place = Pick<StageContext, 'home' | 'onLog' | 'signal'>;
type FolderSpec = Extract<DatasetSpec, { name: 'folder' }>;

/** What this process has read before: unpacking and checking a split takes longer than a small stage. */
const dirs = new Map<string, Promise<string>>();
const splits = new Map<string, Promise<LabelledImages>>();
const synthetic = new Map<string, Promise<Images>>();
const folders = new Map<string, Promise<SplitImages>>();
/** Of each; a split at 64x64 is 245 MB. */
const remembers = 4;

/** One split of a labelled data set at a resolution; not to be changed. Fetches the set when this machine lacks it. */
export function labelledImages({ name, split, resolution }: IdxRequest, { home, onLog }: Place): Promise<LabelledImages> {
  return remembered(splits, `${home} ${name} ${split} ${resolution}`, async () => {
    const dir = await remembered(dirs, `${home} ${name}`, () => resolveIdxSet(name, { home, log: onLog }));
    return readIdxSet(dir, { name, split, resolution });
  });
}

/** The images of one split, with labels where the set has classes; not to be changed. Bytes, or floats for synthetic data. */
export async function realImages(dataset: DatasetSpec, split: Split, place: Place): Promise<Images> {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return labelledImages({ name: dataset.name, split, resolution: dataset.resolution }, place);
    case 'folder': return (await folderSplits(dataset, place))[split];
    case 'gaussian':
    case 'mixture': return remembered(synthetic, `${JSON.stringify(dataset)} ${split}`, async () => syntheticImages(dataset, split));
  }
}

function folderSplits({ contents, resolution, channels }: FolderSpec, { home, onLog, signal }: Place): Promise<SplitImages> {
  const named = contentsOf(contents);
  const onProgress = ({ step, done, total }: { step: string; done: number; total: number }) => { if (done % 1000 === 0 || done === total) onLog(`${step} image ${done} of ${total}`); };
  return remembered(folders, `${home} ${named} ${resolution} ${channels}`, () => folderImages({ home, contents: named, resolution, channels }, { signal, onProgress }));
}

/** The hash a stage must be given. Throws stage.failed: a path means nothing on another machine. */
export function contentsOf(contents: string | undefined): string {
  if (contents === undefined) throw new ElucidateError('stage.failed', 'The folder data set has no `contents`: a stage knows a folder by the hash of what it holds. Submit through the command line, which fills it in from `path`');
  return contents;
}

/** A data set whatever its resolution, as an evaluator names it: by its name where that says it all. */
export function datasetTitle(dataset: DatasetSpec): string {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return dataset.name;
    case 'folder': return `folder ${contentsOf(dataset.contents)}, ${dataset.channels === 1 ? 'grey' : 'colour'}`;
    case 'gaussian': return `gaussian, mean ${dataset.mean}, std ${dataset.std}`;
    case 'mixture': return `mixture, ${dataset.parts.map(({ weight, mean, std }) => `${weight} of mean ${mean} and std ${std}`).join(', ')}`;
  }
}

function remembered<T>(memory: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known) return known;
  const found = find();
  if (memory.size >= remembers) memory.delete(memory.keys().next().value!);
  memory.set(key, found);
  found.catch(() => memory.delete(key));
  return found;
}
