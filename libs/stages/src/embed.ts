import type { StageParams } from '@elucidate/experiment/stages';
import { features, type ImageFeatures } from '@elucidate/training/features';
import type { Images } from '@elucidate/training/images';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import type { Findings, StageContext, StageFiles } from './context.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, writeOutput } from './files.js';
import { featuresOfStepsTensor, featuresTensor, readSampled } from './tensor-files.js';

/**
 * Features of generated images. Output: features, float32 [n,d], beside them "trajectory" [steps,n,d] where the sampling kept its steps, and in the
 * metadata the hash of the extractor that made them.
 */
export async function runEmbed({ inputRange }: StageParams<'embed'>, files: StageFiles, { signal, onProgress }: StageContext): Promise<Findings> {
  const { extractor, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const { images, trajectory } = await readSampled(inputPath(files, 'sample', 'images'));
  const sets = [images, ...trajectory];
  const embedded = (set: Images, done: number): Promise<ImageFeatures> => features(extractor, set, {
    range: inputRange,
    signal,
    onProgress: (fraction) => onProgress({ fraction: (done + fraction) / sets.length, note: done === 0 ? `features of ${set.count} images` : `features of step ${done} of ${trajectory.length}` }),
  });
  const found: ImageFeatures[] = [];
  for (const [done, set] of sets.entries()) found.push(await embedded(set, done));
  const [final, ...steps] = found as [ImageFeatures, ...ImageFeatures[]];
  const tensors = { features: featuresTensor(final), ...(steps.length > 0 && { trajectory: featuresOfStepsTensor(steps) }) };
  return {
    outputs: { features: await writeOutput(files, 'features.safetensors', encodeSafetensors({ tensors, metadata: { extractor: hash } })) },
    metrics: [],
  };
}
