import type { StageParams } from '@elucidate/experiment/stages';
import { featureCount } from '@elucidate/training/classifier';
import { features } from '@elucidate/training/features';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import type { Findings, StageContext, StageFiles } from './context.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, writeOutput } from './files.js';
import { featuresTensor, readImages } from './tensor-files.js';

/** Features of generated images. Output: features, float32 [n,d], and in the metadata the hash of the extractor that made them. */
export async function runEmbed(_params: StageParams<'embed'>, files: StageFiles, { signal, onProgress }: StageContext): Promise<Findings> {
  const { weights, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const images = await readImages(inputPath(files, 'sample', 'images'));
  const values = await features(weights, images, {
    signal,
    onProgress: (fraction) => onProgress({ fraction, note: `features of ${images.count} images` }),
  });
  const tensors = { features: featuresTensor({ values, n: images.count, d: featureCount }) };
  return {
    outputs: { features: await writeOutput(files, 'features.safetensors', encodeSafetensors({ tensors, metadata: { extractor: hash } })) },
    metrics: [],
  };
}
