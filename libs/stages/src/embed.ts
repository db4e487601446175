import type { StageParams } from '@elucidate/experiment/stages';
import { featureWidth } from '@elucidate/training/feature-extractor';
import { features } from '@elucidate/training/features';
import { createTensors } from '@elucidate/training/tensor-parts';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, outputFile } from './files.js';
import { openImages } from './image-files.js';

/**
 * Features of generated images. Output: features, float32 [n,d], with "trajectory" [steps,n,d] if the sampling run kept its steps, and in the
 * metadata the hash of the extractor that made them. One set of images is in memory at a time.
 */
export async function runEmbed({ inputRange }: StageParams<'embed'>, files: StageFiles, { signal, onProgress }: StageContext): Promise<StageResults> {
  const { extractor, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const sampled = await openImages(inputPath(files, 'sample', 'images'));
  const { sets, count } = sampled;
  const d = featureWidth(extractor, sampled);
  const output = outputFile(files, 'features.safetensors');
  const file = await createTensors(output.path, {
    features: { dtype: 'F32', shape: [count, d] },
    ...(sets > 1 && { trajectory: { dtype: 'F32', shape: [sets - 1, count, d] } as const }),
  }, { extractor: hash });
  try {
    for (let set = 0; set < sets; set++) {
      const note = set === 0 ? `features of ${count} images` : `features of step ${set} of ${sets - 1}`;
      const { values } = await features(extractor, await sampled.read(set), { range: inputRange, signal, onProgress: (fraction) => onProgress({ fraction: (set + fraction) / sets, note }) });
      await (set === 0 ? file.write('features', 0, values) : file.write('trajectory', (set - 1) * count * d, values));
    }
  } finally {
    await Promise.all([sampled.close(), file.close()]);
  }
  return { outputs: { features: output }, metrics: [] };
}
