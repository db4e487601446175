import type { DatasetSpec } from '@elucidate/experiment/design';
import { resolveFashionMnist } from '@elucidate/training/resolve-dataset';

export interface DatasetPlace {
  /** ELUCIDATE_HOME */
  home: string;
  log(line: string): void;
}

const resolvers: Readonly<Record<DatasetSpec['name'], (place: DatasetPlace) => Promise<string>>> = { 'fashion-mnist': resolveFashionMnist };

/** Finds a data set, or fetches it into the home folder, before any stage needs it; gives its folder. Throws 'data.missing' with every place that was tried. */
export const prepareDataset = (name: DatasetSpec['name'], place: DatasetPlace): Promise<string> => resolvers[name](place);
