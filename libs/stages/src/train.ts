import { canonical } from '@elucidate/experiment/canonical';
import type { Metric } from '@elucidate/experiment/execution';
import type { StageParams } from '@elucidate/experiment/stages';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { trainedClasses } from '@elucidate/training/labels';
import { train } from '@elucidate/training/loop';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { tensorsOf } from '@elucidate/training/weights-file';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { writeOutput } from './files.js';
import { lossMetric } from './loss-metric.js';
import { previews } from './previews.js';
import { realImages } from './real-images.js';

/** Trains a network. Outputs: weights (raw and EMA, with the params and, if it is given classes, those in the metadata), the loss of each step, previews. */
export async function runTrain(params: StageParams<'train'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const images = await realImages(params.dataset, 'train', context);
  const sigmaData = sigmaDataOf(params, images);
  const { weights, ema, losses } = await train(params, { images, sigmaData }, { ...context, checkpointDir: files.checkpointDir });
  const classes = params.classCondition.kind === 'label' ? trainedClasses(images.labels!) : undefined;
  const metadata = { params: canonical(params), sigmaData: String(sigmaData), ...(classes && { classes: JSON.stringify(classes) }) };
  const file = encodeSafetensors({ tensors: tensorsOf({ weights, ema }), metadata });
  const shown = await previews({ params, sigmaData, weights: ema }, await realImages(params.dataset, 'test', context));
  return {
    outputs: {
      weights: await writeOutput(files, 'weights.safetensors', file),
      losses: await writeOutput(files, 'losses.json', Buffer.from(JSON.stringify({ batch: params.batch, losses }))),
      previews: await writeOutput(files, 'previews.png', shown),
    },
    metrics: lossMetric(losses) satisfies Metric[],
  };
}
