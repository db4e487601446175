import * as tf from '@tensorflow/tfjs-core';
import type { StageParams } from '@elucidate/experiment/stages';
import { optimiseLevels } from '@elucidate/training/optimise-levels';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { writeOutput } from './files.js';
import { readGenerator } from './generator.js';

/** Chooses noise levels for a trained network. Output: levels (JSON), as text that a sweep file takes: `levels` of a discretisation of kind list. */
export async function runLevels(params: StageParams<'levels'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const generator = await readGenerator({ ...params, noiseLevel: { kind: 'known' } }, files);
  try {
    const { sigmas, teacher, nfe } = await optimiseLevels(generator, params, context);
    const written = { discretisation: { kind: 'list', levels: sigmas }, teacher };
    return {
      outputs: { levels: await writeOutput(files, 'levels.json', Buffer.from(`${JSON.stringify(written)}\n`)) },
      metrics: [{ name: 'teacher_nfe', value: nfe, details: { sigmas } }],
    };
  } finally {
    tf.dispose([generator, generator.guide].map((weights) => weights?.tensors ?? {}));
  }
}
