import type { Advice } from '@elucidate/experiment/advice-offers';
import { z } from 'zod';
import { basisSchema } from './results.js';

const configured = { cellId: z.string(), config: z.record(z.string(), z.unknown()) };

const rivalSchema = z.object({
  ...configured,
  difference: z.number().describe('It less the best, over the seeds that both have.'),
  interval: z.object({ low: z.number(), high: z.number() }).nullable().describe('95 % interval of the difference.'),
  trainingRuns: z.int().describe('Train seeds that both have.'),
  samples: z.int().describe('Sample seeds that both have.'),
  doubt: z.number().nullable().describe('The chance that it is better than the best; null where the seeds do not tell.'),
}).meta({ id: 'Rival' });

const offerSchema = z.object({
  level: z.enum(['train', 'sample']).describe('Which seeds are more.'),
  more: z.int().describe('How many; 0: those that some of the configurations have and others lack.'),
  rivals: z.array(z.string()).describe('The configurations that get them, besides the best.'),
  trainSeeds: z.array(z.int()).describe('Seeds that each of them then has.'),
  sampleSeeds: z.array(z.int()),
  gain: z.number().nullable().describe('By how much the doubt is expected to fall; null where the seeds so far do not tell.'),
  doubtThen: z.number().nullable().describe('The doubt that is expected to be left.'),
  cost: z.object({
    trainingRuns: z.int(),
    samplings: z.int(),
    evaluations: z.number().describe('Of the networks, in sampling: NFE times images.'),
    stages: z.int().describe('Stages to run.'),
    alreadyDone: z.int().describe('Stages that it needs and that are done.'),
    deviceSeconds: z.number().describe('Time of one slot.'),
    measured: z.boolean().describe('true: nearly all of it estimated from stages this installation has run; false: a default rate has a part in it.'),
  }),
}).meta({ id: 'Offer' });

export const adviceSchema: z.ZodType<Advice> = z.object({
  sweepId: z.string(),
  metric: z.string(),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  basis: basisSchema.nullable().describe('What the scores rest on.'),
  among: z.int().describe('Configurations looked at.'),
  running: z.boolean().describe('Stages of the sweep have still to end.'),
  best: z.object(configured),
  rivals: z.array(rivalSchema).describe('The most doubtful first.'),
  doubt: z.number().nullable().describe('The chance that some rival is better, at most: the sum of theirs, up to 1.'),
  offers: z.array(offerSchema).describe('The cheapest first; each dearer one removes more doubt.'),
  recommended: z.int().nullable().describe('The place in `offers`, from 0, of the one that removes the most doubt for its device time; null where little is left, or to be had.'),
}).meta({ id: 'Advice' });
