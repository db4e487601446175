import { z } from 'zod';
import { dataRangeSchema } from '../design.js';
import { embeddingFlops } from '../work.js';
import { stageKind } from './definition.js';

/** Features of generated images. Outputs: features (float32 safetensors [n,d]). */
export const embed = stageKind({
  kind: 'embed',
  codeVersion: 1,
  params: z.strictObject({ inputRange: dataRangeSchema }),
  inputs: { sample: 'sample', extractor: 'extractor' },
  work: (config) => config.samples * (config.trajectory ? config.steps + 1 : 1) * embeddingFlops(config),
});
