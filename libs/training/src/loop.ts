import { lossFrom, type LossTensors, lossTensors } from '@elucidate/diffusion/losses';
import type { PassOptions } from '@elucidate/diffusion/unet';
import { contentId } from '@elucidate/experiment/canonical';
import { classesOf } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { augmenterOf } from './augmentation/augmenter.js';
import { networkWith, trainingDesign, type TrainParams } from './build.js';
import { dropoutOf } from './dropout.js';
import { fit, type TrainHooks, type Trained } from './fit.js';
import type { Images } from './images.js';
import { epochOrders } from './order.js';
import { stepPlans } from './recipe.js';
import { trainBatch } from './train-batch.js';

export type { TrainHooks, Trained } from './fit.js';

/**
 * Trains a denoiser's network on images at the resolution in `params`, on noise levels from its noise distribution, with its recipe.
 * `sigmaData` is the standard deviation of the data, in data units. An exact denoiser has no weights to train.
 * Throws as `fit` does.
 */
export async function train(params: TrainParams, { images, sigmaData }: { images: Images; sigmaData: number }, hooks: TrainHooks = {}): Promise<Trained> {
  const { network, levels, options } = trainingDesign(params, sigmaData);
  if (network === undefined) return { weights: {}, ema: {}, losses: [] };
  checkLabels(params, images);
  const labelDropout = params.classCondition.kind === 'label' ? params.classCondition.labelDropout : undefined;
  const orderOf = epochOrders(images.count, params.seed);
  const augment = augmenterOf(params.augmentation, params.seed);
  return fit<LossTensors & PassOptions>({
    id: contentId(params),
    steps: Math.ceil(params.images / params.batch),
    init: () => network.init(params.seed),
    batchOf: (step) => {
      const count = Math.min(params.batch, params.images - step * params.batch);
      const batch = trainBatch({ images, orderOf, levels, labelDropout, range: params.dataRange, seed: params.seed, batch: params.batch, count, step, augment });
      return { ...lossTensors(batch, options, params.lossWeight), dropout: dropoutOf({ fraction: params.dropout, seed: params.seed, step }) };
    },
    loss: (weights, { dropout, ...tensors }) => lossFrom(networkWith(network, weights, { dropout }), tensors, options.normalisation),
    stepPlan: stepPlans(params),
    remedy: `lower learningRate (${params.learningRate})`,
  }, hooks);
}

/** The spec says how many classes a folder has; the folder itself may have a different number. */
function checkLabels({ classCondition, dataset }: TrainParams, { labels }: Images): void {
  const found = labels?.classes.length ?? 0;
  if (classCondition.kind === 'none' || found === classesOf(dataset)) return;
  throw new ElucidateError('stage.failed', `The training is given ${classesOf(dataset)} classes, but its images have ${found === 0 ? 'no labels' : `${found}`}; plan the sweep with the \`classes\` that \`elucidate dataset add\` prints`);
}
