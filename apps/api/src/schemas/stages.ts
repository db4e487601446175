import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { z } from 'zod';

const json = z.record(z.string(), z.unknown());
const time = z.iso.datetime();
const errorSchema = z.object({ code: z.string().optional(), message: z.string().optional() }).loose().nullable();
const kind = z.enum(stageKinds);
const state = z.enum(stageStates);

const stageSummarySchema = z.object({
  id: z.string().describe('sha256 of kind, code version, params and inputs.'),
  kind,
  state,
  codeVersion: z.int(),
  work: z.number().describe('Estimated floating-point operations.'),
  countedAttempts: z.int().describe('Attempts that count against it; a clean release does not.'),
  workerId: z.string().nullable(),
  progress: z.object({ fraction: z.number().min(0).max(1), note: z.string(), values: z.record(z.string(), z.number()).optional() }).nullable(),
  previewAt: time.nullable().describe('When the picture of its network was taken that `/v1/stages/{id}/preview` returns; null: there is none.'),
  error: errorSchema,
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
});

export const attemptSchema = z.object({
  token: z.int().describe('Its fencing token.'),
  workerId: z.string(),
  startedAt: time,
  endedAt: time.nullable(),
  outcome: z.enum(['done', 'failed', 'expired', 'released', 'cancelled']).nullable().describe('null: still running.'),
  error: errorSchema,
  logHash: z.string().nullable(),
});

export const attemptLogSchema = z.object({
  stageId: z.string(),
  token: z.int(),
  workerId: z.string(),
  outcome: attemptSchema.shape.outcome,
  whole: z.boolean().describe('False: what had been printed at the last heartbeat.'),
  text: z.string(),
  leftOut: z.int().describe('Characters before these that `last` left out.'),
}).meta({ id: 'AttemptLog' });

const metricSchema = z.object({
  name: z.string(),
  value: z.number().nullable().describe('null where the result is NaN because training diverged.'),
  stddev: z.number().nullable(),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  details: json.nullable(),
});

export const stageSchema = stageSummarySchema.extend({
  params: json,
  provenance: json.nullable().describe('Engine, threads, device and versions that computed it.'),
  sweepIds: z.array(z.string()),
  inputs: z.array(z.object({ name: z.string(), stageId: z.string(), kind, state })),
  outputs: z.array(z.object({ name: z.string(), hash: z.string(), sizeBytes: z.number(), mediaType: z.string() })),
  attempts: z.array(attemptSchema).describe('First to last.'),
  metrics: z.array(metricSchema),
}).meta({ id: 'Stage' });

/** A stage in the list of a sweep's. */
const listedStageSchema = stageSummarySchema.extend({ values: z.record(z.string(), z.string()).optional().describe('The labels of what the sweep varies, and seeds, that decide it; empty for a stage that all its trials share.') }).meta({ id: 'ListedStage' });

export const stageListSchema = z.object({
  stages: z.array(listedStageSchema),
  nextCursor: z.string().nullable(),
}).meta({ id: 'StageList' });
