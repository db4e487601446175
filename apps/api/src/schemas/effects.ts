import type { ParameterEffect, SweepEffects } from '@elucidate/experiment/effects';
import { basisSchema } from './results.js';
import { z } from 'zod';
import { intervalSchema } from './standings.js';

const parameterEffectSchema: z.ZodType<ParameterEffect> = z.object({
  parameters: z.array(z.string()).describe('One parameter, or two: what they do together beyond what each does alone.'),
  title: z.string(),
  degreesOfFreedom: z.int(),
  spread: z.number().describe('Standard deviation of the metric between configurations that it makes, on the scale.'),
  spreadInterval: intervalSchema.nullable().describe('95 % interval; null, as all tests, with a single pair of seeds.'),
  share: z.number().describe('Eta squared: of the variation of all trials.'),
  f: z.number().nullable().describe('By how the effect varies over seeds.'),
  errorDegreesOfFreedom: z.number().nullable(),
  p: z.number().nullable(),
  adjustedP: z.number().nullable().describe('By Holm, for the number of effects.'),
  omega: z.number().nullable().describe('Partial omega squared.'),
  omegaInterval: intervalSchema.nullable().describe('95 % interval, from the noncentral F.'),
}).meta({ id: 'ParameterEffect' });

/** What matters in a sweep. */
export const effectsSchema: z.ZodType<SweepEffects> = z.object({
  sweepId: z.string(),
  sweepName: z.string(),
  metric: z.string(),
  scale: z.enum(['linear', 'log']).describe('log: all numbers are differences of natural logarithms.'),
  mean: z.number().describe('Of all trials, on the scale.'),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  basis: basisSchema.nullable().describe('What the scores rest on.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
  configurations: z.int().describe('Those with all their trials.'),
  incomplete: z.int().describe('Configurations that are left out.'),
  trainingRuns: z.int(),
  samples: z.int(),
  reach: z.enum(['training runs and samples', 'training runs', 'samples']).nullable().describe('What tests and intervals are about.'),
  full: z.boolean().describe('Whether every combination of values is there; if not, sums of squares are of type III.'),
  parameters: z.array(z.object({ key: z.string(), title: z.string(), labels: z.array(z.string()) })),
  effects: z.array(parameterEffectSchema).describe('The largest share first.'),
  values: z.array(z.object({ parameters: z.array(z.string()), labels: z.array(z.string()), deviation: z.number(), interval: intervalSchema.nullable() })).describe('Each value, and each pair of values, less the mean of all, on the scale.'),
  leftOut: z.array(z.object({ parameters: z.tuple([z.string(), z.string()]), missing: z.array(z.tuple([z.string(), z.string()])) })).describe('Interactions that are not estimated, with pairs of values that no configuration has.'),
  rest: z.object({ seeds: z.number(), higher: z.number(), noise: z.number() }).describe('Shares of the variation that are in no effect: what seeds do to all alike, other interactions, the rest.'),
}).meta({ id: 'Effects' });
