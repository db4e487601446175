import type { Choice, Confidence, Difference, Standing } from '@elucidate/experiment/tables';
import { z } from 'zod';

export const intervalSchema = z.object({ low: z.number(), high: z.number() }).meta({ id: 'Interval' });

export const confidenceSchema: z.ZodType<Confidence> = z.object({
  trainingRuns: z.int().describe('Train seeds among the trials counted.'),
  samples: z.int().describe('Sample seeds among them.'),
  interval: intervalSchema.nullable().describe('95 % interval of the mean over new seeds; null for a single trial, or for seeds of which too few were combined.'),
  reach: z.enum(['training runs and samples', 'training runs', 'samples']).nullable().describe('What the interval is about: new training runs and new samples; new training runs, with the one sample seed; new samples of the one training.'),
  bestOfThree: z.number().nullable().describe('What the best of three trials is on average, null below three. EDM reports the lowest of three evaluations of one network.'),
  spread: z.object({
    trainingRuns: z.number().nullable().describe('Standard deviation between training runs; null with one. With a single sample seed what is left is in it.'),
    samples: z.number().nullable().describe('Standard deviation between sample seeds; null with one. With a single train seed what is left is in it.'),
    rest: z.number().nullable().describe('What neither explains; null where it cannot be told from them.'),
    bootstrap: intervalSchema.describe('95 % interval of the mean by the bootstrap over training runs, then their samples; too narrow for few training runs.'),
  }).optional().describe('Present where one configuration is asked for.'),
}).meta({ id: 'Confidence' });

export const differenceSchema: z.ZodType<Difference> = z.object({
  mean: z.number(),
  interval: intervalSchema.nullable().describe('95 % interval of this difference alone.'),
  trainingRuns: z.int().describe('Train seeds that both have.'),
  samples: z.int(),
  p: z.number().nullable().describe('Two-sided p of no difference, by the paired t test, adjusted for the number of comparisons.'),
}).meta({ id: 'Difference' });

export const standingSchema: z.ZodType<Standing> = z.object({
  apart: z.boolean().describe('Whether it can be told apart from the best, at 5 %.'),
  toBest: differenceSchema.nullable().describe('It less the best, over common seeds; null for the best itself, and without common seeds.'),
}).meta({ id: 'Standing' });

export const choiceSchema: z.ZodType<Choice> = z.object({
  among: z.int().describe('Configurations that have all their trials: the best was chosen among so many.'),
  incomplete: z.int().describe('Configurations that are not ranked, because trials are missing or diverged, or they were trained less than others.'),
  correction: z.enum(['Holm', 'Bonferroni']).describe('Of p, for the number of comparisons; Bonferroni above 200 configurations.'),
  group: z.int().nullable().describe('Configurations that cannot be told apart from the best, with the best; null where not all were compared.'),
  runnerUp: z.object({
    difference: differenceSchema.nullable(),
    detectable: z.number().nullable().describe('The smallest difference of the two that these seeds would have shown in four of five sweeps.'),
    trainingRuns: z.int().nullable().describe('With so many train seeds the difference seen would be found in four of five sweeps; null: not with 200, or not known.'),
  }).meta({ id: 'RunnerUp' }).nullable(),
}).meta({ id: 'Choice' });
