import { noiseLevelBaselines } from '@elucidate/diffusion/noise-level-loss';
import { canonical } from '@elucidate/experiment/canonical';
import type { StageParams } from '@elucidate/experiment/stages';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { heldOutLoss, trainEstimator } from '@elucidate/training/train-estimator';
import { tensorsOf } from '@elucidate/training/weights-file';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { writeOutput } from './files.js';
import { lossMetric } from './loss-metric.js';
import { realImages } from './real-images.js';

/** Trains the network that predicts logit(gamma). Outputs: weights (raw and EMA), the loss of each step. Its loss on the test split is reported with those of the best constants. */
export async function runNoiseLevel(params: StageParams<'noise-level'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const { weights, ema, losses } = await trainEstimator(params, await realImages(params.dataset, 'train', context), { ...context, checkpointDir: files.checkpointDir });
  const { loss, n } = await heldOutLoss(params, ema, await realImages(params.dataset, 'test', context));
  const file = encodeSafetensors({ tensors: tensorsOf({ weights, ema }), metadata: { params: canonical(params) } });
  return {
    outputs: {
      weights: await writeOutput(files, 'weights.safetensors', file),
      losses: await writeOutput(files, 'losses.json', Buffer.from(JSON.stringify({ batch: params.estimator.batch, losses }))),
    },
    metrics: [...lossMetric(losses), { name: 'noise_level_loss', value: loss, details: { split: 'test', images: n, baselines: noiseLevelBaselines } }],
  };
}
