import { z } from 'zod';
import { cellIdSchema } from './requests.js';
import { sweepSchema } from './sweeps.js';

export const editQuerySchema = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('true: only say what would change.'),
});
export type EditQuery = z.output<typeof editQuerySchema>;

const seeds = z.array(z.int()).max(1000).optional();

/** `{ "trainSeeds": [3, 4], "values": { "steps": [50] } }`. */
export const extensionSchema = z.strictObject({
  trainSeeds: seeds.describe('Seeds of training to add.'),
  sampleSeeds: seeds.describe('Seeds of sampling to add.'),
  cells: z.array(cellIdSchema).min(1).max(1000).optional().describe('Configurations that alone get these seeds, by their ids or the first 6 or more digits of them; by default all of the sweep.'),
  deviceHours: z.number().positive().max(1e7).optional().describe('Hours of slots that it may spend in all.'),
  values: z.record(z.string(), z.array(z.unknown()).max(1000)).optional().describe('By parameter, values to add to its axis, as a sweep file has them.'),
}).refine(({ trainSeeds, sampleSeeds, values, deviceHours }) => [trainSeeds, sampleSeeds, values, deviceHours].some((more) => more !== undefined), 'trainSeeds, sampleSeeds, values or deviceHours');
export type ExtensionBody = z.output<typeof extensionSchema>;

const counts = z.object({ added: z.int(), dropped: z.int(), kept: z.int() });

const differenceSchema = z.object({
  cells: counts,
  trials: counts.extend({ changed: z.int().describe('Of the same cell and seeds, but made by other stages.') }),
  stages: counts.extend({
    alreadyDone: z.int().describe('Of those added: done by another sweep, or by this one before.'),
    cancelled: z.int().describe('Of those dropped: not ended, and of no other running sweep.'),
  }),
});

export const editSchema = z.object({
  dryRun: z.boolean(),
  version: z.int().describe("The sweep's version; the next one, if the edit changed anything."),
  changes: z.array(z.object({ path: z.string(), removed: z.array(z.unknown()), added: z.array(z.unknown()) })).describe('What the sweep file changes, place by place.'),
  difference: differenceSchema,
  sweep: sweepSchema,
}).meta({ id: 'Edit' });
