import * as tf from '@tensorflow/tfjs-core';
import { type NoiseLevelBatch, noiseLevelLoss } from '@elucidate/diffusion/noise-level-loss';
import { contentId } from '@elucidate/experiment/canonical';
import { batchNumbers } from './batch-numbers.js';
import { batchSource } from './batch-source.js';
import { type NoiseLevelParams, noiseLevelEstimatorOf } from './build.js';
import { fit, type TrainHooks, type Trained } from './fit.js';
import { type HostWeights, toTensors } from './host-weights.js';
import type { Images } from './images.js';
import { epochOrders } from './order.js';
import { stepPlans } from './recipe.js';
import { streams } from './streams.js';
import { type BatchRequest, imagesAndNoise, numbersRequest } from './train-batch.js';

/** Trains the network that predicts logit(gamma) from a noised image, gamma ~ U(0, 1), by our default recipe. fast.ai, 22_noise-pred. Throws as `fit` does. */
export async function trainEstimator(params: NoiseLevelParams, images: Images, hooks: TrainHooks = {}): Promise<Trained> {
  const { estimator: { images: total, batch, learningRate, seed }, inputScale: b, dataRange: range } = params;
  const network = noiseLevelEstimatorOf(params);
  const orderOf = epochOrders(images.count, seed);
  const steps = Math.ceil(total / batch);
  const requestOf = (step: number): BatchRequest => ({ images, orderOf, range, seed, batch, count: Math.min(batch, total - step * batch), step });
  const source = batchSource({ steps, requestOf: (step) => numbersRequest(requestOf(step), streams.estimatorNoise), apart: hooks.batchesApart });
  const trained = fit<NoiseLevelBatch>({
    id: contentId(params),
    steps,
    init: () => network.init(seed),
    batchOf: async (step) => {
      const numbers = await source.of(step);
      return { gammas: numbers.fractions, ...imagesAndNoise(numbers, requestOf(step)) };
    },
    loss: (weights, batch) => noiseLevelLoss((xt) => network.apply(weights, xt), batch, b),
    stepPlan: stepPlans({ images: total, batch, learningRate, emaHalfLifeImages: total / 20 }),
    remedy: `lower the noise-level estimator's learningRate (${learningRate})`,
  }, hooks);
  return trained.finally(source.end);
}

/** Number of images a held-out loss is computed over, and the batch size. */
const heldOut = { images: 2000, batch: 100, seed: 0 } as const;

/** Mean squared error on logit(gamma) over the first 2,000 images given, gamma ~ U(0, 1), with fixed noise. */
export async function heldOutLoss(params: NoiseLevelParams, weights: HostWeights, images: Images): Promise<{ loss: number; n: number }> {
  const network = noiseLevelEstimatorOf(params);
  const tensors = toTensors(weights);
  const n = Math.min(heldOut.images, images.count);
  const inOrder = () => Uint32Array.from({ length: images.count }, (_, i) => i);
  let sum = 0;
  for (let step = 0; step * heldOut.batch < n; step += 1) {
    const count = Math.min(heldOut.batch, n - step * heldOut.batch);
    const request: BatchRequest = { images, orderOf: inOrder, range: params.dataRange, seed: heldOut.seed, batch: heldOut.batch, count, step };
    const numbers = batchNumbers(numbersRequest(request, streams.estimatorNoise));
    const pair = imagesAndNoise(numbers, request);
    const loss = noiseLevelLoss((xt) => network.apply(tensors, xt), { gammas: numbers.fractions, ...pair }, params.inputScale);
    sum += count * (await loss.data())[0]!;
    tf.dispose([loss, pair]);
  }
  tf.dispose(tensors);
  return { loss: sum / n, n };
}
