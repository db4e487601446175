import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import { covarianceEigenvalues } from '@elucidate/metrics/bias';
import { statistics } from '@elucidate/metrics/statistics';
import { featureWidth } from '@elucidate/training/feature-extractor';
import { type Images, sliceImages } from '@elucidate/training/images';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { evaluatorOf } from './evaluator.js';
import { embedded, type Embedding } from './embedding.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, writeOutput } from './files.js';
import { datasetTitle, realImages } from './real-images.js';
import { featuresTensor, mostFeatures, statisticsTensors } from './tensor-files.js';

/** Real images other than the reference, for the real-data baseline of each metric. */
const floorImages = 10_000;

/**
 * What generated images are compared with, at the data set's resolution. Outputs: features of the test split ("test") and of the first
 * 10,000 train images ("train"); of the test split, in float64, the mean, a factor of the covariance and its eigenvalues, which every score uses
 * unchanged, with the evaluator in the metadata.
 */
export async function runReference({ dataset, inputRange }: StageParams<'reference'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const { extractor, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const images = await realImages(dataset, 'test', context);
  // known before for all but programs
  if (extractor.kind !== 'program') checkWidth(featureWidth(extractor, images));
  const shareOf = (split: 'test' | 'train', all: Images, share: number): Promise<Embedding> => {
    const onProgress = (fraction: number) => context.onProgress({ fraction: share + fraction / 2, note: `features of the ${split} split` });
    return embedded({ extractor, images: sliceImages(all, 0, Math.min(all.count, floorImages)), name: split, range: inputRange, onProgress }, files, context);
  };
  const { features: test, facts, versions } = await shareOf('test', images, 0);
  checkWidth(test.d);
  const { features: train } = await shareOf('train', await realImages(dataset, 'train', context), 0.5);
  const summary = statistics(test);
  const evaluator = evaluatorOf(hash, facts, { dataset: datasetTitle(dataset), split: 'test', size: test.n, resolution: dataset.resolution });
  return {
    outputs: {
      features: await writeOutput(files, 'features.safetensors', encodeSafetensors({ tensors: { test: featuresTensor(test), train: featuresTensor(train) }, metadata: { extractor: hash } })),
      statistics: await writeOutput(files, 'statistics.safetensors', encodeSafetensors({ tensors: statisticsTensors(summary, covarianceEigenvalues(summary)), metadata: { evaluator: canonical(evaluator) } })),
    },
    metrics: [],
    ...(versions && { versions }),
  };
}

/** Throws stage.failed for more features of an image than can be compared. */
export function checkWidth(d: number): void {
  if (d > mostFeatures) throw new ElucidateError('stage.failed', `An image has ${d} features, more than the ${mostFeatures} that can be compared; name an extractor of kind random, or a lower resolution`);
}
