import type { Ladder, LadderStep } from '@elucidate/experiment/ladder';
import { basisSchema } from './results.js';
import { z } from 'zod';
import { differenceSchema, intervalSchema } from './standings.js';

const ladderStepSchema: z.ZodType<LadderStep> = z.object({
  cellId: z.string(),
  changes: z.array(z.object({ parameter: z.string(), from: z.string(), to: z.string() })).describe('Of the one before it, or, in a star, of the first; none for the first.'),
  mean: z.number(),
  interval: intervalSchema.nullable().describe('95 % interval of the mean over new seeds.'),
  toPrevious: differenceSchema.nullable().describe('It less the one before it, over common seeds, on the scale, p adjusted for all steps; null for the first and in a star.'),
  toFirst: differenceSchema.nullable().describe('It less the first.'),
}).meta({ id: 'LadderStep' });

/** Configurations one change at a time. */
export const ladderSchema: z.ZodType<Ladder> = z.object({
  sweepId: z.string(),
  sweepName: z.string(),
  metric: z.string(),
  shape: z.enum(['chain', 'star']).describe('chain: each beside the one before; star: each beside the first, from which it differs in one parameter.'),
  scale: z.enum(['linear', 'log']).describe('log: differences are of natural logarithms.'),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  basis: basisSchema.nullable().describe('What the scores rest on.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
  incomplete: z.int().describe('Configurations of the sweep that lack trials or diverged.'),
  steps: z.array(ladderStepSchema),
}).meta({ id: 'Ladder' });
