import { z } from 'zod';
import { stageSchema } from './stages.js';

const { id, kind, state, codeVersion, params, outputs, provenance, metrics } = stageSchema.shape;
const time = z.iso.datetime();

/** What is needed to trust a number, and to compute it again. */
export const provenanceSchema = z.object({
  stageId: z.string().describe('The stage that computed it.'),
  stages: z.array(z.object({
    id, kind, state, codeVersion, params,
    inputs: z.record(z.string(), z.string()).describe('Name of the input -> the id of the stage.'),
    outputs, metrics, provenance,
    attempt: z.object({
      token: z.int().describe('Its fencing token.'),
      workerId: z.string(),
      workerVersion: z.string().nullable().describe('Of the code that the worker ran; null: not known.'),
      startedAt: time,
      endedAt: time.nullable(),
    }).nullable().describe('The attempt that made its results.'),
    attempts: z.int().describe('Of any outcome.'),
  })).describe('The stages that it comes from, each after those that it reads; itself last.'),
  trials: z.array(z.object({
    sweepId: z.string(),
    sweepName: z.string(),
    owner: z.string(),
    cellId: z.string(),
    trainSeed: z.int(),
    sampleSeed: z.int(),
  })).describe('The trials that have it, those of the newest sweep first.'),
  trialsCut: z.boolean().describe('There are more trials than these, or may be: of a stage that very many share not all are looked at.'),
}).meta({ id: 'Provenance' });
