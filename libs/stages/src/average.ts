import { exponentFor } from '@elucidate/experiment/power-average';
import type { StageParams } from '@elucidate/experiment/stages';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { type Averaged, averageOf } from '@elucidate/training/snapshots';
import { tensorsOf, weightsOf } from '@elucidate/training/weights-file';
import type { StageFiles, StageResults } from './context.js';
import { inputPath, writeOutput } from './files.js';
import { readTensors } from './tensor-files.js';

/** Makes another average of a training's weights. Output: weights, with the other average in place of the training's own, and the metadata of the training. */
export async function runAverage({ ema }: StageParams<'average'>, files: StageFiles): Promise<StageResults> {
  const path = inputPath(files, 'train', 'weights');
  const trained = await readTensors(path);
  const last = (): Averaged => ({ weights: weightsOf(trained, 'weights', path), error: 0 });
  const { weights, error } = ema.kind === 'power' ? await averageOf(inputPath(files, 'train', 'snapshots'), (images) => exponentFor(ema, images)) : last();
  return {
    outputs: { weights: await writeOutput(files, 'weights.safetensors', encodeSafetensors({ tensors: tensorsOf({ ema: weights }), metadata: trained.metadata })) },
    metrics: [{ name: 'profile_error', value: error }],
  };
}
