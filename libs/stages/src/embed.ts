import type { StageParams } from '@elucidate/experiment/stages';
import { createTensors } from '@elucidate/training/tensor-parts';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { embedded } from './embedding.js';
import { readExtractor } from './extractor-file.js';
import { inputPath, outputFile } from './files.js';
import { openImages } from './image-files.js';

/**
 * Features of generated images. Output: features, float32 [n,d], with "trajectory" [steps,n,d] if the sampling run kept its steps, and in the
 * metadata the hash of the extractor that made them. One set of images is in memory at a time.
 */
export async function runEmbed({ inputRange }: StageParams<'embed'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const { extractor, hash } = await readExtractor(inputPath(files, 'extractor', 'weights'));
  const sampled = await openImages(inputPath(files, 'sample', 'images'));
  const { sets, count } = sampled;
  const output = outputFile(files, 'features.safetensors');
  const featuresOf = async (set: number) => {
    const note = set === 0 ? `features of ${count} images` : `features of step ${set} of ${sets - 1}`;
    const onProgress = (fraction: number) => context.onProgress({ fraction: (set + fraction) / sets, note });
    return embedded({ extractor, images: await sampled.read(set), name: `set-${set}`, range: inputRange, onProgress }, files, context);
  };
  try {
    const { features: { values: first, d }, versions } = await featuresOf(0);
    const file = await createTensors(output.path, {
      features: { dtype: 'F32', shape: [count, d] },
      ...(sets > 1 && { trajectory: { dtype: 'F32', shape: [sets - 1, count, d] } as const }),
    }, { extractor: hash });
    try {
      await file.write('features', 0, first);
      for (let set = 1; set < sets; set++) await file.write('trajectory', (set - 1) * count * d, (await featuresOf(set)).features.values);
    } finally {
      await file.close();
    }
    return { outputs: { features: output }, metrics: [], ...(versions && { versions }) };
  } finally {
    await sampled.close();
  }
}
