import { decayOf } from '@elucidate/diffusion/ema';
import { trainingLoss, type TrainingBatch } from '@elucidate/diffusion/losses';
import { contentId } from '@elucidate/experiment/canonical';
import { classesOf } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { networkWith, trainingDesign, type TrainParams } from './build.js';
import { fit, type TrainHooks, type Trained } from './fit.js';
import type { Images } from './images.js';
import { oneCycle } from './lr-plan.js';
import { epochOrders } from './order.js';
import { trainBatch } from './train-batch.js';

export type { TrainHooks, Trained } from './fit.js';

/** The EMA's half-life is at most this share of the images seen so far, so that the random start is soon forgotten. EDM's training loop uses the same. */
const emaRamp = 0.05;

/**
 * Trains a denoiser's network on images in the resolution that `params` names, on noise levels from its noise distribution: one-cycle learning rate.
 * `sigmaData` is the standard deviation of the data, in data units. An exact denoiser has no weights to train.
 * Throws as `fit` does.
 */
export async function train(params: TrainParams, { images, sigmaData }: { images: Images; sigmaData: number }, hooks: TrainHooks = {}): Promise<Trained> {
  const { network, levels, options } = trainingDesign(params, sigmaData);
  if (network === undefined) return { weights: {}, ema: {}, losses: [] };
  checkLabels(params, images);
  const labelDropout = params.classCondition.kind === 'label' ? params.classCondition.labelDropout : undefined;
  const orderOf = epochOrders(images.count, params.seed);
  return fit<TrainingBatch>({
    id: contentId(params),
    steps: Math.ceil(params.images / params.batch),
    init: () => network.init(params.seed),
    batchOf: (step) => {
      const count = Math.min(params.batch, params.images - step * params.batch);
      return trainBatch({ images, orderOf, levels, labelDropout, range: params.dataRange, seed: params.seed, batch: params.batch, count, step });
    },
    loss: (weights, batch) => trainingLoss(networkWith(network, weights), batch, options, params.lossWeight),
    learningRate: (step) => oneCycle((step * params.batch) / params.images, { peak: params.learningRate }),
    peak: params.learningRate,
    decay: (step) => decayOf(Math.min(params.emaHalfLifeImages, (step + 1) * params.batch * emaRamp), params.batch),
  }, hooks);
}

/** The spec says how many classes a folder has; the folder itself may have others. */
function checkLabels({ classCondition, dataset }: TrainParams, { labels }: Images): void {
  const found = labels?.classes.length ?? 0;
  if (classCondition.kind === 'none' || found === classesOf(dataset)) return;
  throw new ElucidateError('stage.failed', `The training is given ${classesOf(dataset)} classes, but its images have ${found === 0 ? 'no labels' : `${found}`}; plan the sweep with the \`classes\` that \`elucidate dataset add\` prints`);
}
