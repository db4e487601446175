import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { z } from 'zod';

const kindPlan = z.object({
  kind: z.enum(stageKinds),
  stages: z.int(),
  alreadyDone: z.int().describe('How many of these an earlier sweep has done.'),
  estimatedSeconds: z.number().min(0).describe('Time of one slot for the stages still to run.'),
  rateMeasured: z.boolean().describe('true: estimated from stages this installation has run; false: from a default rate.'),
  attempts: z.int().describe('Attempts that the rate comes from.'),
  spread: z.number().nullable().describe('Standard deviation of the logarithm of their time per operation; null: not known.'),
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const whyGroup = z.object({
  kind: z.enum(stageKinds),
  stages: z.int(),
  why: z.enum(['input', 'unfinished', 'differs', 'first', 'unlooked']).describe('input: they read stages that run themselves; unfinished: the same stages are there, and not done; differs: from the nearest that is done; first: none of the kind is done; unlooked: there are too many to compare each.'),
  inputs: z.array(z.string()).optional(),
  state: z.enum(stageStates).optional(),
  differences: z.array(z.object({
    path: z.string().describe('"code version", a value inside a param such as "schedule.tau", or "input extractor".'),
    from: z.array(scalar).describe('The values of the nearest, at most five.'),
    to: z.array(scalar).describe('The values of the stages that run, at most five.'),
    more: z.boolean(),
  })).optional(),
  example: z.object({ stage: z.string(), nearest: z.string().optional() }),
});

const roundPlan = z.object({
  images: z.int().optional().describe('With successive halving: images of its training runs. Absent: all train seeds that are left.'),
  cells: z.int().describe('Cells that go on; in a race over train seeds at most so many.'),
  among: z.int().describe('Cells in the race now.'),
  stages: z.int().describe('Stages, at most.'),
  low: z.number().min(0).describe('Time of one slot, at least, if no trial diverges.'),
  high: z.number().min(0).describe('Time of one slot, at most.'),
});

/** The result of a dry run. */
export const planSchema = z.object({
  name: z.string(),
  cells: z.int(),
  trials: z.int(),
  stages: z.array(kindPlan),
  alreadyDone: z.int(),
  estimatedSeconds: z.number().min(0).describe('Time of one slot; divide by the number of slots.'),
  ahead: z.array(roundPlan).optional().describe('Of a race that is not over: what its looks may add. It is in no other number.'),
  why: z.array(whyGroup).optional().describe('With `?why=true`: why stages run, a group for each reason.'),
  saving: z.object({ trainingRuns: z.int(), trainingRunsOnePerTrial: z.int().describe('The number of training runs if every trial trained its own network.') }),
  weak: z.array(z.string()).readonly().describe('What will make its scores weak, in words; empty where nothing is known to.'),
}).meta({ id: 'Plan' });
export type PlanAnswer = z.infer<typeof planSchema>;
