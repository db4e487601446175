import { z } from 'zod';
import { datasetSchema } from '../dataset-grammar.js';
import { dataRangeSchema, inputScaleSchema, estimatorSchema } from '../design.js';
import { estimatingFlops, trainingFactor } from '../work.js';
import { stageKind } from './definition.js';

/** Trains the network that estimates logit(gamma) from a noised image. Outputs: weights (safetensors), losses (JSON). */
export const noiseLevel = stageKind({
  kind: 'noise-level',
  codeVersion: 2,
  params: z.strictObject({ dataset: datasetSchema, inputScale: inputScaleSchema, dataRange: dataRangeSchema, estimator: estimatorSchema }),
  inputs: {},
  when: (facts) => facts.noiseLevel.kind === 'predicted',
  work: (config) => trainingFactor * config.estimator.images * estimatingFlops(config),
});
