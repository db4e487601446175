import { z } from 'zod';
import { stageKinds } from '@elucidate/experiment/stages';

export const workerSchema = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  engine: z.string(),
  version: z.string().nullable().describe('Of the code it runs: the version of the project, and a hash of the code that runs stages.'),
  kinds: z.array(z.enum(stageKinds)),
  concurrency: z.int(),
  state: z.enum(['active', 'stopping', 'quarantined', 'gone']),
  failures: z.int().describe('Consecutive failures, on different stages.'),
  setAside: z.array(z.object({
    kinds: z.array(z.enum(stageKinds)).describe('Kinds of stage that it does not take because of this.'),
    code: z.string(),
    message: z.string(),
    since: z.iso.datetime(),
    until: z.iso.datetime().optional().describe('When the worker looks again; absent: not before it is released or started again, or, where it keeps taking all kinds, with the next such stage.'),
    dataset: z.unknown().optional().describe('The data set that it lacks.'),
    program: z.string().optional().describe('The program, by the sha256 of its archive, of which it lacks the interpreter or another need.'),
  })).describe("What is wrong with the worker's own environment, until it is fixed; of a quarantined worker, why it is."),
  releasing: z.array(z.enum(stageKinds)).describe('Kinds that it was asked to take again and has not heard of yet.'),
  done: z.int().describe('Stages it has completed, by its last heartbeat.'),
  failed: z.int().describe('Attempts that failed on it, or whose lease expired.'),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  late: z.boolean().describe('Its last heartbeats are missing: it has given none for 30 seconds, by the clock of the database. After 60 it is gone.'),
  running: z.array(z.object({ id: z.string(), kind: z.enum(stageKinds), startedAt: z.iso.datetime()})).describe('Stages it holds leases on.'),
}).meta({ id: 'Worker' });
export const workerListSchema = z.object({ workers: z.array(workerSchema) }).meta({ id: 'WorkerList' });
