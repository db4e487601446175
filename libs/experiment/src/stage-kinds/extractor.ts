import { z } from 'zod';
import { classifierForwardFlops, extractorSchema } from '../extractors.js';
import { trainingFactor } from '../work.js';
import { stageKind } from './definition.js';

const trainingImages = 60_000;

/** The network whose features are compared. Outputs: weights (safetensors). */
export const extractor = stageKind({
  kind: 'extractor',
  codeVersion: 2,
  params: z.strictObject({ extractor: extractorSchema }),
  inputs: {},
  work: ({ extractor: which }) => (which.kind === 'trained' ? which.epochs * trainingImages * trainingFactor * classifierForwardFlops : 0),
});
