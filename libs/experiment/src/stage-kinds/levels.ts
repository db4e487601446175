import { z } from 'zod';
import { clampX0Schema, discretisationSchema, guidanceSchema, samplerSchema, stepsSchema } from '../sampling-grammar.js';
import { teacherFlops } from '../work.js';
import { stageKind } from './definition.js';

/** Chooses a cell's noise levels for its network, solver and number of steps, out of those of a longer run of the same solver. Outputs: levels (JSON). */
export const levels = stageKind({
  kind: 'levels',
  codeVersion: 1,
  params: z.strictObject({
    sampler: samplerSchema,
    steps: stepsSchema,
    discretisation: discretisationSchema,
    clampX0: clampX0Schema,
    guidance: guidanceSchema,
  }),
  inputs: { train: 'train', guide: 'guide', average: 'average', guideAverage: 'guideAverage' },
  when: ({ discretisation }) => discretisation.kind === 'optimised',
  work: teacherFlops,
});
