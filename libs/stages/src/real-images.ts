import type { DatasetSpec } from '@elucidate/experiment/design';
import { readFashionMnist, type LabelledImages, type Split } from '@elucidate/training/fashion-mnist';
import type { ByteImages } from '@elucidate/training/images';
import { resolveFashionMnist } from '@elucidate/training/resolve-dataset';
import type { StageContext } from './context.js';

type Place = Pick<StageContext, 'home' | 'onLog'>;

/** What this process has read before: unpacking and checking a split takes longer than a small stage. */
const folders = new Map<string, Promise<string>>();
const splits = new Map<string, Promise<LabelledImages>>();

/** One split of a data set at a resolution, with labels; not to be changed. Fetches the set when this machine lacks it. */
export function labelledImages({ name, resolution }: DatasetSpec, split: Split, { home, onLog }: Place): Promise<LabelledImages> {
  return remembered(splits, `${home} ${name} ${split} ${resolution}`, async () => {
    const folder = await remembered(folders, home, () => resolveFashionMnist({ home, log: onLog }));
    return readFashionMnist(folder, split, resolution);
  });
}

/** The images of one split, without labels. */
export async function realImages(dataset: DatasetSpec, split: Split, place: Place): Promise<ByteImages> {
  return (await labelledImages(dataset, split, place)).images;
}

function remembered<T>(memory: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known) return known;
  const found = find();
  memory.set(key, found);
  found.catch(() => memory.delete(key));
  return found;
}
