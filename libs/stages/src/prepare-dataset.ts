import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { findFolder } from '@elucidate/training/datasets/folder-images';
import { folderPlace } from '@elucidate/training/datasets/folder-place';
import { resolveIdxSet } from '@elucidate/training/datasets/resolve';
import { contentsOf } from './real-images.js';

export interface DatasetPlace {
  /** ELUCIDATE_HOME */
  home: string;
  log(line: string): void;
  /** Ends a download. */
  signal?: AbortSignal;
}

/** Finds a data set, or fetches it into the home folder, before any stage needs it; returns where it is. Throws 'data.missing' with every place that was tried, the signal's reason. */
export async function prepareDataset(dataset: DatasetSpec, place: DatasetPlace): Promise<string> {
  switch (dataset.name) {
    case 'fashion-mnist':
    case 'mnist': return resolveIdxSet(dataset.name, place);
    case 'folder': {
      const contents = contentsOf(dataset.contents);
      await findFolder(place.home, contents);
      return folderPlace(place.home, contents);
    }
    case 'gaussian':
    case 'mixture': return 'drawn from a fixed seed';
  }
}
