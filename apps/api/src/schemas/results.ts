import type { AblationName } from '@elucidate/experiment/ablations';
import { metricKeysText } from '@elucidate/experiment/metric-requests';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import type { MetricPlot } from '@elucidate/experiment/plot';
import { choiceSchema, confidenceSchema, standingSchema } from './standings.js';
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
  trials: z.int().optional().describe('Trials that the configuration is to have.'),
  confidence: confidenceSchema.optional().describe('How sure the mean is; absent in a table of more than 2,000 entries.'),
}).meta({ id: 'Estimate' });

const configSchema = z.record(z.string(), z.unknown());

export const leaderboardRowSchema: z.ZodType<LeaderboardRow> = z.object({
  sweepId: z.string(),
  cellId: z.string(),
  rank: z.int().min(1).nullable().describe('By the mean of the metric that ranks, among rows of the same evaluator and n that have all their trials; null for others.'),
  notRanked: z.string().optional().describe('Why it is not ranked: "2 of 3 trials", "1 of 3 diverged".'),
  standing: standingSchema.optional().describe('Beside the best of all that are ranked with it; absent for a row that is not.'),
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
  standings: z.array(z.array(standingSchema.nullable())).optional().describe('[row][column]: each complete entry beside the best of its column; null for others. Absent in a table of more than 2,000 entries.'),
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
  rows: z.array(leaderboardRowSchema).describe('Best first; then, without a rank, those that lack trials or of which one diverged.'),
  choice: choiceSchema.optional().describe('How the best was chosen; absent where nothing is scored.'),
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
  types: z.record(z.string(), z.enum(['string', 'number', 'boolean'])).describe('What each column holds; any value may be null.'),
  trials: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))).describe('One object a trial, in the order of the grid, then of the seeds. A score that is not a number is null, and `diverged` true.'),
  nextCursor: z.string().nullable(),
}).meta({ id: 'TrialsPage' });

const plotAxisSchema = z.object({
  path: z.string().describe('A parameter, a value inside one, or `nfe`.'),
  title: z.string(),
  numeric: z.boolean(),
  values: z.array(z.union([z.number(), z.string()])).describe('In order.'),
}).meta({ id: 'PlotAxis' });

/** The numbers of a picture. */
export const metricPlotSchema: z.ZodType<MetricPlot> = z.object({
  sweepId: z.string(),
  sweepName: z.string(),
  metric: z.string().describe(`Its key: ${metricKeysText}.`),
  x: plotAxisSchema,
  y: plotAxisSchema.nullable().describe('Of a heat map.'),
  lines: plotAxisSchema.nullable(),
  facets: plotAxisSchema.nullable(),
  points: z.array(z.object({
    x: z.union([z.number(), z.string()]),
    y: z.union([z.number(), z.string()]).nullable(),
    line: z.string().nullable(),
    facet: z.string().nullable(),
    mean: z.number().nullable().describe('Over all trials of its configurations; null if all of them diverged.'),
    min: z.number().nullable(),
    max: z.number().nullable(),
    count: z.int().describe('Trials counted.'),
    diverged: z.int().describe('Trials whose score is not a number; they are not counted.'),
    cells: z.int().describe('Configurations that it is the mean of.'),
  })),
  fixed: z.record(z.string(), z.string()).describe('What else varies in the sweep, and where it is fixed here, by label.'),
  chosen: z.array(z.string()).describe('Those of `fixed` that the request does not name: what has the most scores and, of those, the best mean.'),
  cells: z.object({ drawn: z.int(), selected: z.int() }).describe('Configurations drawn, of those that the picture could have.'),
  incomparable: z.int().describe('Configurations left out, whose score has another evaluator or n.'),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  extractor: z.string().nullable().describe('What the features are of: `standard`, `trained`, `random` or `identity`.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
}).meta({ id: 'MetricPlot' });

/** The pictures of what a sweep varies. */
export const plotListSchema = z.object({
  plots: z.array(z.object({ x: z.string().optional(), lines: z.string().optional(), facets: z.string().optional() })).describe('Queries of `plot`, the first to look at first; `{}` is its default.'),
}).meta({ id: 'PlotList' });
