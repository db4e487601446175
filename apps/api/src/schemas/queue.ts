import { stageKinds } from '@elucidate/experiment/stages';
import { z } from 'zod';

export const queueSchema = z.object({
  name: z.string().describe('"BullMQ on PostgreSQL" or "BullMQ on Redis".'),
  jobs: z.array(z.object({ kind: z.enum(stageKinds), waiting: z.int() })).describe('Stages of each kind that have been announced and that no worker has taken yet; kinds without any are absent.'),
}).meta({ id: 'Queue' });
export type QueueAnswer = z.infer<typeof queueSchema>;
