import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { type PaperTable, paperTables } from '@elucidate/experiment/ablations';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import { z } from 'zod';

const stateCounts = z.partialRecord(z.enum(stageStates), z.int()).describe('Number of stages in each state; a state without stages is absent.');
const time = z.iso.datetime();

export const sweepSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string().describe('Who submitted it.'),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  version: z.int().describe('Every edit of the sweep increases it; an edit names it in If-Match.'),
  paused: z.boolean().describe('It runs, but no stage is claimed for it.'),
  stopping: z.boolean().describe('It runs, and ends with the cells that ran when it was stopped.'),
  priority: z.int().describe("Among its owner's sweeps; higher goes first."),
  weight: z.number().describe("Its share, relative to those of its owner's sweeps of the same priority."),
  concurrency: z.int().nullable().describe('Stages that run at once, at most; null: no limit.'),
  budget: z.object({
    deviceHours: z.number().nullable().describe('Hours of slots, by its ledger.'),
    wallHours: z.number().nullable().describe('Hours since it was submitted.'),
    spentHours: z.number().describe('Hours of slots spent when they were last counted.'),
    usedUp: z.boolean().describe('It is paused because its budget is used up.'),
  }).nullable().describe('What it may spend; null: no limit.'),
  createdAt: time,
  endedAt: time.nullable(),
  cells: z.int().describe('Points of the grid, without seeds.'),
  trials: z.int().describe('Cells times seeds.'),
  stages: stateCounts,
  reusedStages: z.int().describe('Stages that were already done when the sweep was submitted.'),
  spentSeconds: z.number().describe('Seconds of slots of the attempts on its ledger that have ended.'),
  savedSeconds: z.number().describe('Seconds of slots that its trials did not take because they share stages.'),
}).meta({ id: 'SweepSummary' }) satisfies z.ZodType<SweepSummary>;

const kindProgressSchema = z.object({
  kind: z.enum(stageKinds),
  states: stateCounts,
  reused: z.int(),
  workDone: z.number().describe('Estimated floating-point operations; a running stage counts by the fraction it last reported.'),
  workTotal: z.number(),
});

const failureSchema = z.object({
  stageId: z.string(),
  kind: z.enum(stageKinds),
  state: z.enum(stageStates),
  endedAt: time.nullable(),
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).loose().nullable(),
});

const paperNames = Object.keys(paperTables) as [PaperTable, ...PaperTable[]];

const linksSchema = z.object({
  self: z.string(),
  stages: z.string(),
  failures: z.string(),
  leaderboard: z.string(),
  events: z.string(),
  report: z.string(),
  tables: z.record(z.enum(paperNames), z.string()).describe('The tables of the papers; any two parameters make another, "discretisation-by-sampler".'),
});

export const sweepSchema = sweepSummarySchema.extend({
  spec: z.record(z.string(), z.unknown()).describe('With all defaults filled in.'),
  kinds: z.array(kindProgressSchema).describe('Progress by kind of stage, in the order of the plan.'),
  failures: z.array(failureSchema).describe('The first five in the order of the plan.'),
  waits: z.array(z.object({ kind: z.enum(stageKinds), stages: z.int(), reason: z.string() })).describe('Ready stages that no live worker can run, and why.'),
  links: linksSchema,
}).meta({ id: 'Sweep' });

export const sweepListSchema = z.object({
  sweeps: z.array(sweepSummarySchema),
  nextCursor: z.string().nullable().describe('Pass it as ?cursor= for the next page; null on the last.'),
}).meta({ id: 'SweepList' });

export const deletedSchema = z.object({
  id: z.string(),
  stages: z.int().describe('Stages that were deleted with it; others belong to other sweeps too.'),
}).meta({ id: 'DeletedSweep' });

/** A sweep with links to its results. */
export function withLinks(sweep: SweepDetail): SweepDetail & { links: z.infer<typeof linksSchema> } {
  const self = `/v1/sweeps/${sweep.id}`;
  const tables = Object.fromEntries(paperNames.map((name) => [name, `${self}/tables/${name}`])) as Record<PaperTable, string>;
  return { ...sweep, links: { self, stages: `${self}/stages`, failures: `${self}/failures`, leaderboard: `${self}/leaderboard`, events: `${self}/events`, report: `${self}/report`, tables } };
}
