import type { AblationName } from '@elucidate/experiment/ablations';
import { metricKeysText } from '@elucidate/experiment/metric-requests';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import { z } from 'zod';

export const estimateSchema: z.ZodType<Estimate> = z.object({
  mean: z.number(),
  stddev: z.number().nullable().describe('Sample standard deviation over trials; null below two.'),
  min: z.number(),
  max: z.number(),
  count: z.int().describe('Trials counted.'),
  diverged: z.int().describe('Trials whose score is not a number; they are not counted.'),
  n: z.int().nullable().describe('Generated images per trial that it is computed from.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of as many real images.'),
}).meta({ id: 'Estimate' });

const configSchema = z.record(z.string(), z.unknown());

export const leaderboardRowSchema: z.ZodType<LeaderboardRow> = z.object({
  sweepId: z.string(),
  cellId: z.string(),
  rank: z.int().min(1).nullable().describe('By the mean of the metric that ranks, among rows of the same evaluator and n; null until a trial has ended.'),
  config: configSchema.describe('What is not in `fixed`.'),
  metrics: z.record(z.string(), estimateSchema).describe(`The estimate of each metric that was requested: ${metricKeysText}.`),
  n: z.int().nullable().describe('Generated images per trial.'),
  nfe: z.number().nullable().describe('Denoiser calls per image.'),
  evaluator: z.string().nullable().describe('Fingerprint; two rows compare only under the same one and the same n.'),
  trainSeeds: z.array(z.int()),
  sampleSeeds: z.array(z.int()),
  noiseLevelsOutOfRange: z.number().nullable().describe('Noise levels that sampling visits outside the range of sigma that the network was trained on; null until it was sampled.'),
}).meta({ id: 'LeaderboardRow' });

export const ablationTableSchema: z.ZodType<AblationTable> = z.object({
  name: z.string() as unknown as z.ZodType<AblationName>,
  sweepId: z.string(),
  metric: z.string().describe(`Its key: ${metricKeysText}.`),
  rowAxis: z.string(),
  columnAxis: z.string(),
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  cells: z.array(z.array(estimateSchema.nullable())).describe('[row][column]; null where no trial has ended.'),
  fixed: z.record(z.string(), z.string()).describe('The parameters the table keeps fixed, by label.'),
  choices: z.record(z.string(), z.array(z.string())).describe('Values of `fixed` that select another table: the labels of each fixed parameter that has several. Not every combination exists.'),
  n: z.int().nullable(),
  evaluators: z.array(z.string()).describe('More than one: the entries do not compare.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
}).meta({ id: 'AblationTable' });

/** The tables of what a sweep varies. */
export const tableListSchema = z.object({
  tables: z.array(z.object({
    name: z.string().describe('As in `tables/{name}`.'),
    row: z.string().describe('The parameter in its rows.'),
    column: z.string().describe('The parameter in its columns.'),
  })).describe('Both parameters of each vary; only in a sweep over a single one, the column has one value.'),
}).meta({ id: 'TableList' });

export const leaderboardGroupSchema: z.ZodType<LeaderboardGroup> = z.object({
  evaluator: z.string().nullable(),
  n: z.int().nullable(),
  metric: z.string().nullable().describe('The metric that ranks; null before any trial has ended.'),
  rows: z.array(leaderboardRowSchema).describe('Best first.'),
}).meta({ id: 'LeaderboardGroup' });

export const leaderboardSchema: z.ZodType<LeaderboardPage> = z.object({
  fixed: configSchema.describe('What all rows of this page agree on, and the sweep does not vary: with it, `{ ...fixed, ...row.config }` is a row\'s whole configuration.'),
  groups: z.array(leaderboardGroupSchema).describe('At most `limit` rows in all; the next page may go on with the last group.'),
  nextCursor: z.string().nullable(),
}).meta({ id: 'Leaderboard' });

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
  nextCursor: z.string().nullable(),
}).meta({ id: 'SheetList' });

/** A page of trials. */
export const trialsPageSchema = z.object({
  columns: z.array(z.string()).describe('The columns of every trial: `cell`; the paths that the sweep varies, such as `inputScale` and `sampler.kind`; seeds; `state`; each metric, and it of real images, `fid_real`; `diverged`; `n`; `evaluator`; `nfe`; `loss` of the training; stages.'),
  trials: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))).describe('One object a trial, in the order of the grid, then of the seeds. A score that is not a number is null, and `diverged` true.'),
  nextCursor: z.string().nullable(),
}).meta({ id: 'TrialsPage' });
