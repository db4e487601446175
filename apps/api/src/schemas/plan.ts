import { stageKinds } from '@elucidate/experiment/stages';
import { z } from 'zod';

const kindPlan = z.object({
  kind: z.enum(stageKinds),
  stages: z.int(),
  alreadyDone: z.int().describe('Of these, done by an earlier sweep.'),
  estimatedSeconds: z.number().min(0).describe('Of one slot, for those still to do.'),
  rateMeasured: z.boolean().describe('Whether the estimate rests on stages this installation has run, or on a default.'),
});

/** What a dry run tells. */
export const planSchema = z.object({
  name: z.string(),
  cells: z.int(),
  trials: z.int(),
  stages: z.array(kindPlan),
  alreadyDone: z.int(),
  estimatedSeconds: z.number().min(0).describe('Of one slot; divide by the slots of the fleet.'),
  saving: z.object({ trainings: z.int(), trainingsOnePerTrial: z.int().describe('Trainings there would be if every trial trained its own network.') }),
}).meta({ id: 'Plan' });
export type PlanAnswer = z.infer<typeof planSchema>;
