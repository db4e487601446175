import { canonical } from '@elucidate/experiment/canonical';
import type { Metric } from '@elucidate/experiment/execution';
import type { StageParams } from '@elucidate/experiment/stages';
import { train } from '@elucidate/training/loop';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { tensorsOf } from '@elucidate/training/weights-file';
import type { Findings, StageContext, StageFiles } from './context.js';
import { writeOutput } from './files.js';
import { previews } from './previews.js';
import { realImages } from './real-images.js';

/** Share of the steps, the last ones, whose mean is the loss that is told. */
const lastShare = 0.1;

/** Trains a network. Outputs: weights (raw and EMA, the params in the metadata), the loss of each step, previews. */
export async function runTrain(params: StageParams<'train'>, files: StageFiles, context: StageContext): Promise<Findings> {
  const images = await realImages(params.dataset, 'train', context);
  const { weights, ema, losses } = await train(params, images, { ...context, checkpointDir: files.checkpointDir });
  const file = encodeSafetensors({ tensors: tensorsOf({ weights, ema }), metadata: { params: canonical(params) } });
  return {
    outputs: {
      weights: await writeOutput(files, 'weights.safetensors', file),
      losses: await writeOutput(files, 'losses.json', Buffer.from(JSON.stringify({ batch: params.batch, losses }))),
      previews: await writeOutput(files, 'previews.png', await previews(params, ema, await realImages(params.dataset, 'test', context))),
    },
    metrics: lossMetric(losses),
  };
}

function lossMetric(losses: readonly number[]): Metric[] {
  const last = losses.slice(-Math.ceil(losses.length * lastShare));
  if (last.length === 0) return [];
  return [{ name: 'loss', value: last.reduce((sum, loss) => sum + loss, 0) / last.length, details: { steps: losses.length, averagedOver: last.length } }];
}
