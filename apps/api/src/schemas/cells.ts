import { z } from 'zod';
import { basisSchema, estimateSchema } from './results.js';
import { attemptSchema, stageSchema } from './stages.js';

const { token, workerId, startedAt, endedAt: attemptEndedAt, outcome } = attemptSchema.shape;
const { id, kind, state, codeVersion, endedAt, error, provenance, outputs } = stageSchema.shape;

/** One configuration, with all that was computed for it. */
export const cellSchema = z.object({
  sweepId: z.string(),
  sweepName: z.string(),
  cellId: z.string().describe('sha256 of its configuration: the same in every sweep that has it.'),
  config: z.record(z.string(), z.unknown()),
  varying: z.record(z.string(), z.string()).describe('Its labels on what the sweep varies.'),
  scores: z.array(z.object({
    evaluator: z.string().nullable(),
    n: z.int().nullable(),
    nfe: z.number().nullable(),
    metrics: z.record(z.string(), estimateSchema),
    bases: z.array(basisSchema).describe('What the scores rest on, one for each metric.'),
  })).describe('Over its seeds, one entry for each evaluator and number of images.'),
  trials: z.array(z.object({
    trainSeed: z.int(),
    sampleSeed: z.int(),
    stages: z.record(z.string(), z.string()).describe('Role -> the id of the stage.'),
  })),
  trialsCut: z.boolean().describe('There are more trials than these.'),
  stages: z.array(z.object({
    id, kind, state, codeVersion, endedAt, error, provenance, outputs,
    attempts: z.array(z.object({
      token, workerId, startedAt, endedAt: attemptEndedAt, outcome,
      host: z.string().nullable().describe('Of its worker, as are the next two; null where that is not known any more.'),
      engine: z.string().nullable(),
      version: z.string().nullable(),
    })).describe('The last 20, first to last.'),
    metrics: z.record(z.string(), z.number().nullable()).describe('null where the result is not a number.'),
    details: z.record(z.string(), z.record(z.string(), z.unknown())).describe('What the score is made of: `sizes`, `low`, `high`, `bias`, `expectedBias` of an extrapolated FID, `classes` of metrics of classes.'),
  })).describe('Of these trials, each once, in the order of the plan. `weights` of a train stage are safetensors, `losses` JSON, `previews` and the `sheet` of a sample stage PNG.'),
  alsoIn: z.array(z.string()).describe('Other sweeps that have the same configuration, the newest first.'),
}).meta({ id: 'Cell' });
