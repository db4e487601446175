import type { AblationName } from '@elucidate/experiment/ablations';
import type { AblationTable, Estimate, LeaderboardRow } from '@elucidate/experiment/tables';
import { z } from 'zod';

export const estimateSchema: z.ZodType<Estimate> = z.object({
  mean: z.number(),
  spread: z.number().nullable().describe('Sample standard deviation over trials; null below two.'),
  min: z.number().describe('The best single trial.'),
  count: z.int().describe('Trials counted.'),
}).meta({ id: 'Estimate' });

const configSchema = z.record(z.string(), z.unknown());

export const leaderboardRowSchema: z.ZodType<LeaderboardRow> = z.object({
  sweepId: z.string(),
  cellId: z.string(),
  rank: z.int().min(1).nullable().describe('By mean FID among rows of the same evaluator and n; null until a trial has ended.'),
  config: configSchema,
  fid: estimateSchema.nullable(),
  kid: estimateSchema.nullable(),
  n: z.int().nullable().describe('Generated images per trial.'),
  nfe: z.number().nullable().describe('Denoiser calls per image.'),
  evaluator: z.string().nullable().describe('Fingerprint; two rows compare only under the same one and the same n.'),
  trainSeeds: z.array(z.int()),
  sampleSeeds: z.array(z.int()),
  fidFloor: z.number().nullable().describe('FID of n real images against the same reference.'),
  kidFloor: z.number().nullable(),
  levelsOutsideTraining: z.number().nullable().describe('Levels of the walk outside the stretch of sigma that its network was trained on; null until it was sampled.'),
}).meta({ id: 'LeaderboardRow' });

export const ablationTableSchema: z.ZodType<AblationTable> = z.object({
  name: z.string() as unknown as z.ZodType<AblationName>,
  sweepId: z.string(),
  metric: z.enum(['fid', 'kid']),
  rowAxis: z.string(),
  columnAxis: z.string(),
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  cells: z.array(z.array(estimateSchema.nullable())).describe('[row][column]; null where no trial has ended.'),
  held: z.record(z.string(), z.string()).describe('The parameters the table holds fixed, by label.'),
  choices: z.record(z.string(), z.array(z.string())).describe('What `held` may ask for to get another table: the labels of each held parameter that has several. Not every combination need exist.'),
  n: z.int().nullable(),
  evaluators: z.array(z.string()).describe('More than one: the entries do not compare.'),
  floor: z.number().nullable(),
}).meta({ id: 'AblationTable' });

/** Rows that may be ranked together. */
export const leaderboardGroupSchema = z.object({
  evaluator: z.string().nullable(),
  n: z.int().nullable(),
  fidFloor: z.number().nullable(),
  kidFloor: z.number().nullable(),
  rows: z.array(leaderboardRowSchema),
}).meta({ id: 'LeaderboardGroup' });
export type LeaderboardGroup = z.infer<typeof leaderboardGroupSchema>;

export const leaderboardSchema = z.object({ groups: z.array(leaderboardGroupSchema) }).meta({ id: 'Leaderboard' });

/** The sample sheets of a sweep's cells. */
export const sheetListSchema = z.object({
  sheets: z.array(z.object({
    cellId: z.string(),
    config: configSchema,
    trainSeed: z.int(),
    sampleSeed: z.int(),
    stageId: z.string().describe('The sample stage that drew it.'),
    hash: z.string().describe('Artifact of the PNG.'),
  })).describe('One a cell, of its first seeds, in the order of the sweep.'),
  total: z.int().describe('Cells that have one.'),
}).meta({ id: 'SheetList' });
