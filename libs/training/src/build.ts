import * as tf from '@tensorflow/tfjs-core';
import { deviceBackends } from '@elucidate/engine/backend';
import { type Denoiser, denoiserOf, type DenoiserOptions, type ReadingDenoiser, type Repeated } from '@elucidate/diffusion/denoiser';
import { discretisationOf, initialStddev } from '@elucidate/diffusion/discretisations';
import { covers, noiseLevels, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { labelled, type Network } from '@elucidate/diffusion/network';
import { noiseLevelNetwork, type NoiseLevelNetwork } from '@elucidate/diffusion/noise-level-network';
import { gaussianDenoiser, mixtureDenoiser, pointwise } from '@elucidate/diffusion/oracles';
import { perImageDenoiserOf } from '@elucidate/diffusion/per-image-denoiser';
import { noiseConditioning } from '@elucidate/diffusion/preconditioning';
import { samplerOf, tableauOf } from '@elucidate/diffusion/samplers';
import type { Step } from '@elucidate/diffusion/tableau';
import { blind } from '@elucidate/diffusion/samplers/blind';
import { type Schedule, scheduleOf } from '@elucidate/diffusion/schedules';
import { type PassOptions, type UNet, unet } from '@elucidate/diffusion/unet';
import type { AnyDenoiser, Sampler } from '@elucidate/diffusion/sampling-run';
import { channelsOf, classesOf, type DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { isUNet } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import { augmentationLabels } from './augmentation/augmenter.js';
import type { TrainedClass } from './labels.js';

/** The one place that turns the words of a spec into functions of libs/diffusion. */

export type TrainParams = StageParams<'train'>;
export type SampleParams = StageParams<'sample'>;
export type NoiseLevelParams = StageParams<'noise-level'>;

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What the parameters of a training run mean. */
export interface TrainingDesign {
  /** Undefined if the denoiser is exact. */
  network: UNet | undefined;
  schedule: Schedule;
  /** The noise levels it is trained on. */
  levels: NoiseLevels;
  /** Parameterisation, scaling and conditioning of the denoiser, for loss and sampling alike. */
  options: DenoiserOptions;
}

/** What the mathematics refuses, as stage.failed. */
function defined<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ElucidateError('stage.failed', `Invalid ${what}: ${cause.message}`, { cause });
  }
}

/** `sigmaData`: the standard deviation of the data, in data units. Throws stage.failed if the schedule does not fall or the noise distribution has levels that are no float32. */
export function trainingDesign(params: TrainParams, sigmaData: number): TrainingDesign {
  const b = params.inputScale;
  const schedule = defined('noise schedule', () => scheduleOf(params.schedule));
  const network = isUNet(params.network) ? unet({ ...params.network, inChannels: channelsOf(params.dataset), classes: params.classCondition.kind === 'label' ? classesOf(params.dataset) : 0, augmentationLabels: augmentationLabels[params.augmentation.kind] }) : undefined;
  return {
    network,
    schedule,
    levels: defined('noise distribution', () => noiseLevels(params.noiseDistribution, { schedule, b })),
    options: {
      kind: params.parameterisation,
      b,
      sigmaData,
      normalisation: params.normalisation,
      conditioning: (sigma) => noiseConditioning(params.conditioning, sigma, schedule, b),
      // a GPU's sines differ from one to the next; CPU engines compute theirs in the network
      embedding: deviceBackends.has(tf.getBackend()) ? network?.embedding : undefined,
    },
  };
}

/** The raw network with these weights. */
export function networkWith(network: UNet, weights: Tensors, { label, ...options }: PassOptions & { label?: tf.Tensor2D | undefined } = {}): Network {
  const raw: Network = (x, condition) => network.apply(weights, x, condition, options);
  return label ? labelled(raw, label) : raw;
}

/** A training run and its results. The caller keeps ownership of the tensors. */
export interface TrainedNetwork {
  params: TrainParams;
  sigmaData: number;
  tensors: Tensors;
  /** The classes that the network is given. */
  classes?: readonly TrainedClass[] | undefined;
}

/** The trained denoiser: x0-hat in data units for y = x0 + sigma noise, given the label of each image or none; `repeated` as in denoiserOf. */
export function trainedDenoiser({ params, sigmaData, tensors }: TrainedNetwork, label?: tf.Tensor2D, repeated?: Repeated): Denoiser | ReadingDenoiser {
  const { network, options } = trainingDesign(params, sigmaData);
  return network === undefined ? exactDenoiser(params.dataset) : denoiserOf(networkWith(network, tensors, { label }), options, repeated);
}

/** E[x0 | y] of synthetic data. */
function exactDenoiser(dataset: DatasetSpec): ReadingDenoiser {
  switch (dataset.name) {
    case 'gaussian': return pointwise(gaussianDenoiser(dataset));
    case 'mixture': return pointwise(mixtureDenoiser(dataset.parts));
    default: throw new ElucidateError('stage.failed', `No exact denoiser of ${dataset.name} is known; train a network`);
  }
}

/** The network that a noise-level stage trains. */
export function noiseLevelEstimatorOf({ estimator: { channels, groups }, dataset }: NoiseLevelParams): NoiseLevelNetwork {
  return noiseLevelNetwork({ channels, groups, inChannels: channelsOf(dataset) });
}

/** A noise-level estimator and the results of its training. */
export interface TrainedEstimator {
  params: NoiseLevelParams;
  tensors: Tensors;
}

/** The trained denoiser with the noise level estimated from the image, clamped to within a factor `clamp` of the median. */
export function blindDenoiser({ params, sigmaData, tensors }: TrainedNetwork, { clamp, estimator, label }: { clamp: number; estimator: TrainedEstimator; label?: tf.Tensor2D | undefined }): AnyDenoiser {
  const { network, options } = trainingDesign(params, sigmaData);
  if (network === undefined) throw new ElucidateError('stage.failed', 'An exact denoiser must be given its noise level; set noiseLevel to { kind: known }');
  const { apply } = noiseLevelEstimatorOf(estimator.params);
  return blind(perImageDenoiserOf(networkWith(network, tensors, { label }), options), (xt) => apply(estimator.tensors, xt), { b: params.inputScale, clamp });
}

/** What a sample stage's parameters mean for the schedule and input scale of a training run. */
export interface SamplingDesign {
  sampler: Sampler;
  /** Its steps over the levels. */
  steps: Step[];
  /** steps + 1 levels, decreasing, the last 0 unless the discretisation ends above it. */
  sigmas: number[];
  /** Standard deviation of the state at the first level. */
  initialStddev: number;
}

/** `params` and the standard deviation of the data are those of the training run, `levels` those that were chosen if they are optimised. Throws stage.failed if the sampler is not defined for its levels. */
export function samplingDesign({ params: train, sigmaData, levels }: Pick<TrainedNetwork, 'params' | 'sigmaData'> & { levels?: readonly number[] | undefined }, { sampler, steps, discretisation, samplingSchedule: schedule, samplingScaling: scaling }: SampleParams): SamplingDesign {
  const b = train.inputScale;
  const options = { b, schedule, scaling, sigmaData };
  return defined('sampler configuration', () => {
    const { sigmas, start } = levelsOf(train, { discretisation, steps }, levels);
    // the sampler makes its steps only when it runs; made here too, so that levels it refuses are reported before
    const made = tableauOf(sampler, options)(sigmas);
    return { sampler: samplerOf(sampler, options), steps: made, sigmas, initialStddev: start };
  });
}

/** The levels of a sampling run, and the standard deviation that it starts with. */
function levelsOf({ schedule, inputScale: b }: TrainParams, { discretisation, steps }: Pick<SampleParams, 'discretisation' | 'steps'>, chosen: readonly number[] | undefined): { sigmas: number[]; start: number } {
  if (discretisation.kind === 'optimised') {
    if (chosen?.length !== steps + 1) throw new RangeError(`its ${steps} steps need ${steps + 1} optimised levels; ${chosen?.length ?? 0} were given`);
    return { sigmas: [...chosen], start: chosen[0]! };
  }
  const sigmas = discretisationOf(discretisation, steps, { schedule: scheduleOf(schedule), b });
  return { sigmas, start: initialStddev(discretisation, sigmas[0]!, b) };
}

/** Levels of a sampling run, except the final 0, outside the range trained on; up to one percent beyond an end still counts as inside. */
export function levelsOutside(sigmas: readonly number[], range: NoiseLevels['range']): number {
  return sigmas.slice(0, -1).filter((sigma) => !covers(range, sigma)).length;
}
