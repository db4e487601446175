import { z } from 'zod';
import { stageKinds } from '@elucidate/experiment/stages';

export const workerSchema = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  engine: z.string(),
  kinds: z.array(z.enum(stageKinds)),
  concurrency: z.int(),
  state: z.enum(['active', 'stopping', 'quarantined', 'gone']),
  failures: z.int().describe('Consecutive failures, on different stages.'),
  setAside: z.array(z.object({
    kinds: z.array(z.enum(stageKinds)).describe('Kinds of stage that it does not take because of this.'),
    code: z.string(),
    message: z.string(),
    since: z.iso.datetime(),
    dataset: z.unknown().optional().describe('The data set that it lacks.'),
  })).describe("What is wrong with the worker's own environment, until it is fixed; of a quarantined worker, why it is."),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  running: z.array(z.string()).describe('Stages it holds leases on.'),
}).meta({ id: 'Worker' });
export const workerListSchema = z.object({ workers: z.array(workerSchema) }).meta({ id: 'WorkerList' });
