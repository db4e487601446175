import { z } from 'zod';
import { datasetSchema } from '../dataset-grammar.js';
import { classConditionSchema, conditioningSchema, dataRangeSchema, inputScaleSchema, isUNet, lossWeightSchema, networkSchema, noiseDistributionSchema, normalisationSchema, parameterisationSchema, seedSchema, sigmaDataSchema } from '../design.js';
import { augmentationSchema, dropoutSchema, emaRampSchema, gradientClipSchema, learningRatePlanSchema, optimiserSchema } from '../recipe-grammar.js';
import { scheduleSchema } from '../schedule-grammar.js';
import { denoisingFlops, trainingFactor } from '../work.js';
import { stageKind } from './definition.js';

/** A training run. Outputs: weights (safetensors, raw and EMA), losses (JSON), previews (PNG). */
export const train = stageKind({
  kind: 'train',
  codeVersion: 2,
  params: z.strictObject({
    dataset: datasetSchema,
    schedule: scheduleSchema,
    noiseDistribution: noiseDistributionSchema,
    inputScale: inputScaleSchema,
    dataRange: dataRangeSchema,
    sigmaData: sigmaDataSchema,
    parameterisation: parameterisationSchema,
    lossWeight: lossWeightSchema,
    normalisation: normalisationSchema,
    conditioning: conditioningSchema,
    classCondition: classConditionSchema,
    network: networkSchema,
    /** Total images seen, counted with repetition. 0 leaves the network as initialised. */
    images: z.int().min(0),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    learningRatePlan: learningRatePlanSchema,
    optimiser: optimiserSchema,
    gradientClip: gradientClipSchema,
    dropout: dropoutSchema,
    augmentation: augmentationSchema,
    /** EMA half-life, in images. */
    emaHalfLifeImages: z.number().positive(),
    emaRamp: emaRampSchema,
    seed: seedSchema,
  }),
  uses: { seed: 'trainSeed' },
  inputs: {},
  work: (config) => (isUNet(config.network) ? trainingFactor * config.images * denoisingFlops(config) : 0),
});
