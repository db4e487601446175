import { datasetSchema, type DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { sliceLabels, type Labels } from '@elucidate/training/labels';
import type { StageContext } from './context.js';
import type { Evaluator } from './evaluator.js';
import { realImages } from './real-images.js';

/** The data set of a reference, by its title (`datasetTitle`); undefined for synthetic data, which has no classes. */
export function labelledDatasetOf({ dataset, resolution }: Evaluator['reference']): DatasetSpec | undefined {
  const [, contents, colours] = /^folder ([0-9a-f]{64}), (grey|colour)$/.exec(dataset) ?? [];
  const written = contents === undefined ? { name: dataset, resolution } : { name: 'folder', contents, resolution, channels: colours === 'grey' ? 1 : 3 };
  return datasetSchema.safeParse(written).data;
}

/** The class of each image of a reference, read from its data set: a reference that was computed before has no labels beside its features. Throws stage.failed if the data set has no classes. */
export async function referenceLabels(reference: Evaluator['reference'], place: Pick<StageContext, 'home' | 'onLog' | 'signal'>): Promise<Labels> {
  const dataset = labelledDatasetOf(reference);
  const labels = dataset === undefined ? undefined : (await realImages(dataset, reference.split, place)).labels;
  if (labels === undefined) throw new ElucidateError('stage.failed', `The data set ${reference.dataset} has no classes; leave metrics of classes out of evaluate.metrics`);
  return sliceLabels(labels, 0, reference.size);
}
