import { canonical } from '@elucidate/experiment/canonical';
import type { StageParams } from '@elucidate/experiment/stages';
import { statistics, type Features } from '@elucidate/metrics/statistics';
import { featureCount } from '@elucidate/training/classifier';
import { features } from '@elucidate/training/features';
import { sliceImages } from '@elucidate/training/images';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import type { Findings, StageContext, StageFiles } from './context.js';
import { evaluatorOf } from './evaluator.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, writeOutput } from './files.js';
import { realImages } from './real-images.js';
import { featuresTensor } from './tensor-files.js';

/** Real images other than the reference, for the floor of each metric. */
const floorImages = 10_000;

/**
 * What generated images are compared with, at the data set's resolution. Outputs: features of the test split ("test") and of the first
 * 10,000 train images ("train"); mean and covariance of the test split in float64, and the evaluator in the metadata.
 */
export async function runReference({ dataset }: StageParams<'reference'>, files: StageFiles, context: StageContext): Promise<Findings> {
  const { weights, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const embedded = async (split: 'test' | 'train', share: number): Promise<Features> => {
    const all = await realImages(dataset, split, context);
    const images = sliceImages(all, 0, Math.min(all.count, floorImages));
    const onProgress = (fraction: number) => context.onProgress({ fraction: share + fraction / 2, note: `features of the ${split} split` });
    return { values: await features(weights, images, { signal: context.signal, onProgress }), n: images.count, d: featureCount };
  };
  const test = await embedded('test', 0);
  const train = await embedded('train', 0.5);
  const { n, d, mean, covariance } = statistics(test);
  const evaluator = evaluatorOf(hash, { dataset: dataset.name, split: 'test', size: n, resolution: dataset.resolution });
  const summary = { mean: { dtype: 'F64', shape: [d], data: mean }, covariance: { dtype: 'F64', shape: [d, d], data: covariance } } as const;
  return {
    outputs: {
      features: await writeOutput(files, 'features.safetensors', encodeSafetensors({ tensors: { test: featuresTensor(test), train: featuresTensor(train) }, metadata: { extractor: hash } })),
      statistics: await writeOutput(files, 'statistics.safetensors', encodeSafetensors({ tensors: summary, metadata: { evaluator: canonical(evaluator) } })),
    },
    metrics: [],
  };
}
