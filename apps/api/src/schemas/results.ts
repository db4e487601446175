import type { AblationName } from '@elucidate/experiment/ablations';
import { metricKeysText } from '@elucidate/experiment/metric-requests';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import type { PlotWork } from '@elucidate/experiment/plot-work';
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

export const basisSchema: z.ZodType<ScoreBasis> = z.object({
  metric: z.string(),
  evaluator: z.string().nullable().describe('Fingerprint of the evaluator, over weights, layer, input range, resize, reference and implementation: scores of two never compare.'),
  n: z.int().nullable().describe('Generated images that the metric is computed from.'),
  extractor: z.string().nullable().describe('`standard`, `trained`, `random` or `identity`; null: not recorded, as what follows.'),
  weights: z.string().nullable().describe('sha256 of its weights.'),
  trainedOn: z.string().nullable().describe('The data set that its weights were trained on.'),
  layer: z.string().nullable(),
  features: z.int().nullable().describe('Features of an image.'),
  inputRange: z.string().nullable().describe('Pixels as it sees them: `[-1, 1]`.'),
  resize: z.string().nullable(),
  reference: z.object({ dataset: z.string(), split: z.string(), size: z.int(), resolution: z.int() }).nullable().describe('The real images that generated ones are compared with.'),
  implementation: z.int().nullable().describe('Version of the arithmetic of metrics.'),
  real: z.object({ value: z.number(), n: z.int().nullable() }).nullable().describe('Real-data baseline, and of how many real images it is.'),
  best: z.number().nullable().describe('The best score beside it.'),
  words: z.string().describe('Features and reference in words.'),
  weak: z.array(z.string()).describe('What makes these scores weak, in words; empty where nothing is known to.'),
  margin: z.number().nullable().optional().describe('Half of the 95 % interval over new images, of `fidinf`.'),
  leftOut: z.array(z.object({ evaluator: z.string().nullable(), n: z.int().nullable(), configurations: z.int() })).describe('Scores of the same metric and sweep that are left out of a table or a picture, because they are of another evaluator or n; `?n=` and `?evaluator=` ask for them.'),
}).meta({ id: 'ScoreBasis' });

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
  lost: z.array(z.array(z.string().nullable())).optional().describe('[row][column]: why an entry has no score, "3 of 3 diverged"; absent where there is nothing to say.'),
  standings: z.array(z.array(standingSchema.nullable())).optional().describe('[row][column]: each complete entry beside the best of its column; null for others. Absent in a table of more than 2,000 entries.'),
  fixed: z.record(z.string(), z.string()).describe('The parameters the table keeps fixed, by label.'),
  choices: z.record(z.string(), z.array(z.string())).describe('Values of `fixed` that select another table: the labels of each fixed parameter that has several. Not every combination exists.'),
  n: z.int().nullable(),
  evaluator: z.string().nullable().describe('Fingerprint of the evaluator of all entries; null where nothing is scored.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
  basis: basisSchema.nullable().describe('What the entries, all of one evaluator and n, rest on; null where nothing is scored.'),
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
  bases: z.array(basisSchema).describe('What the scores rest on, one for each metric; empty where nothing is scored.'),
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
    neighbours: z.string().nullable().describe('Artifact of a PNG with the nearest training image of each, in its place; null unless a metric that needs the training images, such as `ct`, has been scored.'),
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

export const workSchema: z.ZodType<PlotWork> = z.object({
  device: z.string().describe('Device, engine and threads.'),
  trials: z.int().describe('Trials measured on it.'),
  others: z.array(z.object({ device: z.string(), trials: z.int() })).readonly().describe('Other devices, whose seconds do not compare and are left out.'),
}).meta({ id: 'Work' });

export const plotAxisSchema = z.object({
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
    across: z.object({ low: z.number(), high: z.number() }).nullable().describe('Lowest and highest over the trials of an x axis that is measured; null for another.'),
    mean: z.number().nullable().describe('Over all trials of its configurations; null if all of them diverged.'),
    min: z.number().nullable(),
    max: z.number().nullable(),
    count: z.int().describe('Trials counted.'),
    diverged: z.int().describe('Trials whose score is not a number; they are not counted.'),
    cells: z.int().describe('Configurations that it is the mean of.'),
    cell: z.string().nullable().describe('Id of the only configuration; null if there are several.'),
    among: z.int().optional().describe('Scored configurations that it is the best of; with `rest=best`.'),
    confidence: confidenceSchema.nullable().describe('How sure the mean is; null where that is not known, or of more than 2,000 configurations.'),
    trials: z.array(z.object({ train: z.int(), sample: z.int(), value: z.number() })).describe('Single scores, by seed; of several configurations, their mean at each pair of seeds. Empty where these differ, or for more than 2,000 configurations.'),
  })),
  fixed: z.record(z.string(), z.string()).describe('What else varies in the sweep, and where it is fixed here, by label.'),
  chosen: z.array(z.string()).describe('Those of `fixed` that the request does not name: what has the most scores and, of those, the best mean.'),
  bestOver: z.array(z.string()).optional().describe('Parameters that each point is the best over; with `rest=best`.'),
  cells: z.object({ drawn: z.int(), selected: z.int() }).describe('Configurations drawn, of those that the picture could have.'),
  incomparable: z.int().describe('Configurations left out, whose score has another evaluator or n.'),
  n: z.int().nullable(),
  evaluator: z.string().nullable(),
  basis: basisSchema.nullable().describe('What the scores rest on.'),
  work: workSchema.nullable().describe('On which device the x axis was measured; null for one that is not.'),
  real: z.number().nullable().describe('Real-data baseline: the same metric of n real images.'),
}).meta({ id: 'MetricPlot' });

/** The pictures of what a sweep varies. */
export const plotListSchema = z.object({
  plots: z.array(z.object({ x: z.string().optional(), lines: z.string().optional(), facets: z.string().optional() })).describe('Queries of `plot`, the first to look at first; `{}` is its default.'),
  axes: z.array(plotAxisSchema).describe('Every axis that a picture of the sweep can have. `nfe` has no values here.'),
  metrics: z.array(z.string()).describe('The metrics that the sweep requests.'),
}).meta({ id: 'PlotList' });
