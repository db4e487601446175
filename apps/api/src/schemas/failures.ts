import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import { z } from 'zod';

const time = z.iso.datetime();
const count = z.int();

const groupSchema = z.object({
  fingerprint: z.string().describe('12 hex digits over the code, what the message says whatever the occasion, and the first function of ours on the stack.'),
  code: z.string(),
  stages: count.describe('Stages that failed so at least once.'),
  attempts: count,
  states: z.partialRecord(z.enum(stageStates), count).describe('What has become of these stages.'),
  notRun: count.describe('Other stages that were not run because they need one of these.'),
  kinds: z.partialRecord(z.enum(stageKinds), count),
  workers: z.array(z.object({ id: z.string(), host: z.string().nullable(), version: z.string().nullable(), attempts: count })).describe('Those with most failed attempts, at most 20.'),
  workerCount: count,
  firstAt: time,
  lastAt: time,
  example: z.object({ stageId: z.string(), token: count, kind: z.enum(stageKinds), workerId: z.string(), message: z.string() }).describe('The last failure.'),
  common: z.array(z.object({ parameter: z.string(), value: z.unknown() })).describe('Values that all stages of the group that are not done share, and no done stage of their kinds has.'),
  blame: z.enum(['cell', 'node', 'code', 'undecided']).describe('cell: it failed on several workers and succeeded on none; node: it failed on one machine or worker and succeeded elsewhere; code: it failed everywhere under one version and succeeded under another.'),
  because: z.string().describe('The evidence for the blame.'),
  remedy: z.string(),
});

export const failuresSchema = z.object({
  sweepId: z.string(),
  groups: z.array(groupSchema).describe('Those of most stages first.'),
  cut: z.boolean().describe('There are more failed attempts, or groups, than were looked at.'),
}).meta({ id: 'SweepFailures' }) satisfies z.ZodType<SweepFailures>;
