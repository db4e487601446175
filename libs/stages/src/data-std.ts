import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { knownStatistics } from '@elucidate/training/datasets/statistics';

/** The standard deviation of a data set at range 1, where it is known without reading it: of all but folders. */
export function knownStd(dataset: DatasetSpec): number | undefined {
  return knownStatistics(dataset)?.std;
}
