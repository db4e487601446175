import { z } from 'zod';
import { isSynthetic } from './dataset-grammar.js';
import type { DatasetSpec } from './dataset-grammar.js';
import { classConditionSchema, conditioningSchema, dataRangeSchema, inputScaleSchema, lossWeightSchema, networkChoiceSchema, noiseDistributionSchema, noisePairingSchema, normalisationSchema, parameterisationSchema, sigmaDataSchema } from './design.js';
import { augmentationSchema, dropoutSchema, gradientClipSchema, learningRatePlanSchema, optimiserSchema } from './recipe-grammar.js';
import { clampX0Schema, discretisationSchema, emaSchema, guidanceSchema, noiseLevelSchema, samplerSchema, samplingScalingSchema, samplingScheduleSchema, stepsSchema } from './sampling-grammar.js';
import { scheduleSchema } from './schedule-grammar.js';

/** Adam's step size. */
export const learningRateSchema = z.number().positive().max(1);

/** Every parameter a sweep may vary, with its allowed values. */
export const parameterSchemas = {
  schedule: scheduleSchema,
  noiseDistribution: noiseDistributionSchema,
  inputScale: inputScaleSchema,
  dataRange: dataRangeSchema,
  sigmaData: sigmaDataSchema,
  parameterisation: parameterisationSchema,
  lossWeight: lossWeightSchema,
  noisePairing: noisePairingSchema,
  normalisation: normalisationSchema,
  conditioning: conditioningSchema,
  classCondition: classConditionSchema,
  network: networkChoiceSchema,
  learningRate: learningRateSchema,
  learningRatePlan: learningRatePlanSchema,
  optimiser: optimiserSchema,
  gradientClip: gradientClipSchema,
  dropout: dropoutSchema,
  augmentation: augmentationSchema,
  sampler: samplerSchema,
  steps: stepsSchema,
  discretisation: discretisationSchema,
  samplingSchedule: samplingScheduleSchema,
  samplingScaling: samplingScalingSchema,
  clampX0: clampX0Schema,
  noiseLevel: noiseLevelSchema,
  guidance: guidanceSchema,
  ema: emaSchema,
} as const;

export type ParameterName = keyof typeof parameterSchemas;
export type ParameterValues = { [P in ParameterName]: z.output<(typeof parameterSchemas)[P]> };

export const parameterNames = Object.keys(parameterSchemas) as ParameterName[];

/** The parameters that a spec's `train` block sets when no axis does. */
export const trainParameterNames = ['network', 'learningRate', 'learningRatePlan', 'optimiser', 'gradientClip', 'dropout', 'augmentation'] as const satisfies readonly ParameterName[];
export type TrainParameters = Pick<ParameterValues, (typeof trainParameterNames)[number]>;

/** The default recipe. */
export const defaultRecipe: Omit<TrainParameters, 'network' | 'learningRate'> = {
  learningRatePlan: learningRatePlanSchema.parse({ kind: 'one-cycle' }),
  optimiser: optimiserSchema.parse({ kind: 'adam' }),
  gradientClip: 1,
  dropout: 0,
  augmentation: { kind: 'none' },
};

/** Defaults of absent parameters. Some come from the spec's `train` block; synthetic data has no range to clamp to. */
export function defaultParameters(train: TrainParameters, dataset: DatasetSpec): ParameterValues {
  const { network, learningRate, learningRatePlan, optimiser, gradientClip, dropout, augmentation } = train;
  return {
    schedule: scheduleSchema.parse({ kind: 'cosine' }),
    noiseDistribution: { kind: 'schedule' },
    inputScale: 1,
    dataRange: 1,
    sigmaData: 'measured',
    parameterisation: 'eps',
    lossWeight: { kind: 'uniform' },
    noisePairing: 'independent',
    normalisation: 'analytic',
    conditioning: 't',
    classCondition: { kind: 'none' },
    network,
    learningRate,
    learningRatePlan,
    optimiser,
    gradientClip,
    dropout,
    augmentation,
    sampler: samplerSchema.parse({ kind: 'ddim' }),
    steps: 20,
    discretisation: discretisationSchema.parse({ kind: 'uniform-t' }),
    samplingSchedule: { kind: 'linear' },
    samplingScaling: 'none',
    clampX0: !isSynthetic(dataset),
    noiseLevel: { kind: 'known' },
    guidance: { kind: 'none' },
    ema: { kind: 'trained' },
  };
}
