import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { folderImages } from '@elucidate/training/datasets/folder-images';
import { type IdxRequest, type IdxSetName, type LabelledImages, readIdxSet, type Split } from '@elucidate/training/datasets/idx-sets';
import { resolveIdxSet } from '@elucidate/training/datasets/resolve';
import { syntheticImages } from '@elucidate/training/datasets/synthetic';
import type { Images } from '@elucidate/training/images';
import { byteCache } from './byte-cache.js';
import type { StageContext } from './context.js';

type Place = Pick<StageContext, 'home' | 'onLog' | 'signal'>;
type FolderSpec = Extract<DatasetSpec, { name: 'folder' }>;

/** Where this process found data sets: finding and checking them takes longer than a small stage. */
const places = new Map<string, Promise<string>>();

/** Cache of images read: room for both splits of Fashion-MNIST at 64 x 64 and a little more. */
const keptBytes = 320 * 2 ** 20;
type Read = Partial<Record<Split, Images>>;
const read = byteCache<Read>(keptBytes, (splits) => Object.values(splits).reduce((sum, { data }) => sum + data.byteLength, 0));

/** One split of a labelled data set at a resolution; must not be modified. Fetches the set if this machine lacks it. */
export async function labelledImages({ name, split, resolution }: IdxRequest, place: Place): Promise<LabelledImages> {
  const found = await read.get(`${place.home} ${name} ${split} ${resolution}`, async () => ({ [split]: await readSet({ name, split, resolution }, place) }));
  return found[split] as LabelledImages;
}

/** Reads a set; if its files were damaged or removed since they were found, looks for them or fetches them once more. */
async function readSet(request: IdxRequest, place: Place): Promise<LabelledImages> {
  const attempt = async () => readIdxSet(await placeOf(request.name, place), request);
  return attempt().catch((cause: unknown) => {
    if (!(cause instanceof ElucidateError) || !['data.corrupt', 'data.missing'].includes(cause.code)) throw cause;
    places.delete(`${place.home} ${request.name}`);
    return attempt();
  });
}

function placeOf(name: IdxSetName, { home, onLog }: Place): Promise<string> {
  const key = `${home} ${name}`;
  const known = places.get(key);
  if (known) return known;
  const found = resolveIdxSet(name, { home, log: onLog });
  places.set(key, found);
  found.catch(() => places.delete(key));
  return found;
}

/** The images of one split, with labels if the set has classes; must not be modified. Bytes, or floats for synthetic data. */
export async function realImages(dataset: DatasetSpec, split: Split, place: Place): Promise<Images> {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return labelledImages({ name: dataset.name, split, resolution: dataset.resolution }, place);
    case 'folder': return (await folderSplits(dataset, place))[split]!;
    case 'gaussian':
    case 'mixture': return (await read.get(`${JSON.stringify(dataset)} ${split}`, async () => ({ [split]: syntheticImages(dataset, split) })))[split]!;
  }
}

function folderSplits({ contents, resolution, channels }: FolderSpec, { home, onLog, signal }: Place): Promise<Read> {
  const named = contentsOf(contents);
  const onProgress = ({ step, done, total }: { step: string; done: number; total: number }) => { if (done % 1000 === 0 || done === total) onLog(`${step} image ${done} of ${total}`); };
  return read.get(`${home} ${named} ${resolution} ${channels}`, () => folderImages({ home, contents: named, resolution, channels }, { signal, onProgress }));
}

/** The hash a stage must be given. Throws stage.failed: a path is meaningless on another machine. */
export function contentsOf(contents: string | undefined): string {
  if (contents === undefined) throw new ElucidateError('stage.failed', 'The folder data set has no `contents`: a stage knows a folder by the hash of what it holds. Submit through the command line, which fills it in from `path`');
  return contents;
}

/** A data set without its resolution, as an evaluator names it: by its name alone if that is sufficient. */
export function datasetTitle(dataset: DatasetSpec): string {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return dataset.name;
    case 'folder': return `folder ${contentsOf(dataset.contents)}, ${dataset.channels === 1 ? 'grey' : 'colour'}`;
    case 'gaussian': return `gaussian, mean ${dataset.mean}, std ${dataset.std}`;
    case 'mixture': return `mixture, ${dataset.parts.map(({ weight, mean, std }) => `${weight} of mean ${mean} and std ${std}`).join(', ')}`;
  }
}
