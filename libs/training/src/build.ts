import type * as tf from '@tensorflow/tfjs-core';
import { type Denoiser, denoiserOf, type DenoiserOptions, type Network } from '@elucidate/diffusion/denoiser';
import { gridOf } from '@elucidate/diffusion/grids';
import { noiseConditioning } from '@elucidate/diffusion/preconditioning';
import { samplerOf } from '@elucidate/diffusion/samplers';
import { type Schedule, scheduleOf } from '@elucidate/diffusion/schedules';
import { type UNet, unet } from '@elucidate/diffusion/unet';
import type { Sampler } from '@elucidate/diffusion/walk';
import type { StageParams } from '@elucidate/experiment/stages';
import { channels, pixelStatistics } from './images.js';

/** The one place where the words of a spec become functions of libs/diffusion. */

export type TrainParams = StageParams<'train'>;
export type SampleParams = StageParams<'sample'>;

/** What a training's parameters mean. */
export interface TrainingDesign {
  network: UNet;
  schedule: Schedule;
  /** Parameterisation, scaling and conditioning of the denoiser, for loss and sampling alike. */
  options: DenoiserOptions;
}

export function trainingDesign(params: TrainParams): TrainingDesign {
  const schedule = scheduleOf(params.schedule);
  return {
    network: unet({ ...params.network, inChannels: channels }),
    schedule,
    options: {
      kind: params.parameterisation,
      b: params.inputScale,
      sigmaData: pixelStatistics[params.dataset.resolution].std,
      normalisation: params.normalisation,
      conditioning: (sigma) => noiseConditioning(params.conditioning, sigma, schedule, params.inputScale),
    },
  };
}

/** The raw network with these weights. */
export function networkWith(network: UNet, weights: Readonly<Record<string, tf.Tensor>>): Network {
  return (x, c) => network.apply(weights, x, c);
}

/** The denoiser that a training made: x0-hat in [-1, 1] units for y = x0 + sigma noise. The weights stay the caller's. */
export function trainedDenoiser(params: TrainParams, weights: Readonly<Record<string, tf.Tensor>>): Denoiser {
  const { network, options } = trainingDesign(params);
  return denoiserOf(networkWith(network, weights), options);
}

/** The walk that a sample stage names, over a training's schedule and input scale: its sampler and its steps + 1 levels. */
export function samplingDesign(train: TrainParams, sample: SampleParams): { sampler: Sampler; sigmas: number[] } {
  const b = train.inputScale;
  return { sampler: samplerOf(sample.sampler, { b }), sigmas: gridOf(sample.grid, sample.steps, { schedule: scheduleOf(train.schedule), b }) };
}
