import { z } from 'zod';
import { seedSchema } from '../design.js';
import { clampX0Schema, discretisationSchema, guidanceSchema, noiseLevelSchema, samplerSchema, samplingScalingSchema, samplingScheduleSchema, stepsSchema } from '../sampling-grammar.js';
import { samplingFlops } from '../work.js';
import { stageKind } from './definition.js';

/** Generates images. Outputs: images ([n,h,w,c] uint8, float32 for synthetic data; x0-hat of each step on demand), sheet (PNG). */
export const sample = stageKind({
  kind: 'sample',
  codeVersion: 2,
  params: z.strictObject({
    sampler: samplerSchema,
    steps: stepsSchema,
    discretisation: discretisationSchema,
    samplingSchedule: samplingScheduleSchema,
    samplingScaling: samplingScalingSchema,
    clampX0: clampX0Schema,
    noiseLevel: noiseLevelSchema,
    guidance: guidanceSchema,
    samples: z.int().min(1),
    trajectory: z.boolean(),
    seed: seedSchema,
  }),
  uses: { seed: 'sampleSeed' },
  inputs: { train: 'train', noiseLevel: 'noise-level', guide: 'guide', levels: 'levels', average: 'average', guideAverage: 'guideAverage' },
  work: samplingFlops,
});
