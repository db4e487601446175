import { z } from 'zod';
import { datasetSchema } from '../dataset-grammar.js';
import { dataRangeSchema } from '../design.js';
import { embeddingFlops } from '../work.js';
import { stageKind } from './definition.js';

/** The test split, and as many training images. */
const images = 20_000;

/** What generated images are compared with. Outputs: features (float32 safetensors of the test split and of as many train images), statistics. */
export const reference = stageKind({
  kind: 'reference',
  codeVersion: 2,
  params: z.strictObject({ dataset: datasetSchema, inputRange: dataRangeSchema }),
  inputs: { extractor: 'extractor' },
  work: (config) => images * embeddingFlops(config),
});
