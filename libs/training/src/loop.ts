import { uncertaintyOf } from '@elucidate/diffusion/level-uncertainty';
import { logVarianceOf, lossFrom, type LossTensors, lossTensors } from '@elucidate/diffusion/losses';
import { contentId } from '@elucidate/experiment/canonical';
import { classesOf } from '@elucidate/experiment/dataset-grammar';
import { continues } from '@elucidate/experiment/halving';
import { snapshotSteps, trackStds } from '@elucidate/experiment/power-average';
import { ElucidateError } from '@elucidate/experiment/errors';
import { batchSource } from './batch-source.js';
import { networkWith, trainingDesign, type TrainParams } from './build.js';
import { dropouts } from './dropout.js';
import { fit, type TrainHooks, type Trained } from './fit.js';
import type { Images } from './images.js';
import { epochOrders } from './order.js';
import { stepPlans } from './recipe.js';
import { streams } from './streams.js';
import { type BatchRequest, numbersRequest, trainBatch } from './train-batch.js';

export type { TrainHooks, Trained } from './fit.js';

/** Names a training in its checkpoints and snapshots. */
export const trainingId = (params: TrainParams): string => contentId(params);

const stepsOf = ({ images, batch }: TrainParams): number => Math.ceil(images / batch);

/** The steps after which a training takes so many snapshots. */
export const snapshotsAfter = (params: TrainParams, count: number): number[] => snapshotSteps(stepsOf(params), count);

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
  const dropout = dropouts({ fraction: params.dropout, seed: params.seed });
  const requestOf = (step: number): BatchRequest => ({
    images, orderOf, range: params.dataRange, seed: params.seed, batch: params.batch, count: Math.min(params.batch, params.images - step * params.batch), step, augmentation: params.augmentation, pairing: params.noisePairing,
  });
  const source = batchSource({
    steps: stepsOf(params), apart: hooks.batchesApart,
    requestOf: (step) => {
      const request = requestOf(step);
      return numbersRequest(request, streams.noise, dropout.requests(step, request.count));
    },
  });
  const trained = fit<LossTensors & { step: number }>({
    id: trainingId(params),
    steps: stepsOf(params),
    ...(continues(params) && { beginning: (steps: number) => contentId({ ...params, images: steps * params.batch }) }),
    init: () => ({ ...network.init(params.seed), ...uncertaintyOf(params.lossWeight)?.init() }),
    batchOf: async (step) => {
      const [request, numbers] = [requestOf(step), await source.of(step)];
      return { ...lossTensors(trainBatch({ ...request, levels, labelDropout }, numbers), options, params.lossWeight), ...dropout.masks(step, request.count, numbers.masks), step };
    },
    loss: (weights, { step, ...tensors }) => lossFrom(networkWith(network, weights, { dropout: dropout.of(step, { ...tensors }) }), tensors, options.normalisation, logVarianceOf(params.lossWeight, weights, tensors)),
    stepPlan: stepPlans(params),
    ...(params.emaSnapshots !== undefined && { snapshots: { tracks: trackStds.length, after: snapshotsAfter(params, params.emaSnapshots) } }),
    remedy: `lower learningRate (${params.learningRate})`,
  }, hooks);
  return trained.finally(source.end);
}

/** The spec says how many classes a folder has; the folder itself may have a different number. Throws stage.failed. */
export function checkLabels({ classCondition, dataset }: TrainParams, { labels }: Images): void {
  const found = labels?.classes.length ?? 0;
  if (classCondition.kind === 'none' || found === classesOf(dataset)) return;
  throw new ElucidateError('stage.failed', `The training is given ${classesOf(dataset)} classes, but its images have ${found === 0 ? 'no labels' : `${found}`}; plan the sweep with the \`classes\` that \`elucidate dataset add\` prints`);
}
