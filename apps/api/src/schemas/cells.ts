import { z } from 'zod';
import { estimateSchema } from './results.js';
import { stageSchema } from './stages.js';

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
  })).describe('Over its seeds, one entry for each evaluator and number of images.'),
  trials: z.array(z.object({
    trainSeed: z.int(),
    sampleSeed: z.int(),
    stages: z.record(z.string(), z.string()).describe('Role -> the id of the stage.'),
  })),
  trialsCut: z.boolean().describe('There are more trials than these.'),
  stages: z.array(z.object({
    id, kind, state, codeVersion, endedAt, error, provenance, outputs,
    metrics: z.record(z.string(), z.number().nullable()).describe('null where the result is not a number.'),
  })).describe('Of these trials, each once, in the order of the plan. `weights` of a train stage are safetensors, `losses` JSON, `previews` and the `sheet` of a sample stage PNG.'),
  alsoIn: z.array(z.string()).describe('Other sweeps that have the same configuration, the newest first.'),
}).meta({ id: 'Cell' });
