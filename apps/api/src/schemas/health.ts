import { z } from 'zod';

export const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

const check = z.enum(['ok', 'unreachable']);
export const readinessSchema = z.object({
  status: check,
  database: check,
  queue: check,
  queueName: z.string().describe('"BullMQ on PostgreSQL" or "BullMQ on Redis".'),
}).meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readinessSchema>;
