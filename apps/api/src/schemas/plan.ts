import { stageKinds } from '@elucidate/experiment/stages';
import { z } from 'zod';

const kindPlan = z.object({
  kind: z.enum(stageKinds),
  stages: z.int(),
  alreadyDone: z.int().describe('How many of these an earlier sweep has done.'),
  estimatedSeconds: z.number().min(0).describe('Time of one slot for the stages still to run.'),
  rateMeasured: z.boolean().describe('true: estimated from stages this installation has run; false: from a default rate.'),
});

/** The result of a dry run. */
export const planSchema = z.object({
  name: z.string(),
  cells: z.int(),
  trials: z.int(),
  stages: z.array(kindPlan),
  alreadyDone: z.int(),
  estimatedSeconds: z.number().min(0).describe('Time of one slot; divide by the number of slots.'),
  saving: z.object({ trainingRuns: z.int(), trainingRunsOnePerTrial: z.int().describe('The number of training runs if every trial trained its own network.') }),
}).meta({ id: 'Plan' });
export type PlanAnswer = z.infer<typeof planSchema>;
