import { z } from 'zod';
import { datasetSchema } from '../dataset-grammar.js';
import { classConditionSchema, conditioningSchema, dataRangeSchema, inputScaleSchema, isExact, lossWeightSchema, networkSchema, noiseDistributionSchema, noisePairingSchema, normalisationSchema, parameterisationSchema, seedSchema, sigmaDataSchema } from '../design.js';
import { augmentationSchema, dropoutSchema, emaRampSchema, emaSnapshotsSchema, gradientClipSchema, learningRatePlanSchema, optimiserSchema } from '../recipe-grammar.js';
import { scheduleSchema } from '../schedule-grammar.js';
import { denoisingFlops, pairingFlops, trainingFactor } from '../work.js';
import { stageKind } from './definition.js';

/** A training run. Outputs: weights (safetensors, raw and EMA), losses (JSON), previews (PNG), with halving `state` (safetensors), with emaSnapshots `snapshots` (safetensors); of a program weights (any file), losses, training (what it was, safetensors metadata) and the program. */
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
    noisePairing: noisePairingSchema.optional(),
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
    emaSnapshots: emaSnapshotsSchema,
    seed: seedSchema,
  }),
  uses: { seed: 'trainSeed' },
  omitted: { noisePairing: 'independent' },
  inputs: {},
  work: (config) => (isExact(config.network) ? 0 : (config.images - (config.seenBefore ?? 0)) * (trainingFactor * denoisingFlops(config) + pairingFlops(config))),
});
