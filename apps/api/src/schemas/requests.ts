import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { isMetricKey, metricKeysText } from '@elucidate/experiment/metric-requests';
import { scoreScales } from '@elucidate/experiment/score-scale';
import { tableFormats } from '@elucidate/experiment/table-text';
import { workPaths } from '@elucidate/experiment/plot-work';
import { parallelScales, type ParallelScale } from '@elucidate/figures/parallel-scales';
import { ablationNamesText, expectedTable, isAblationName } from '@elucidate/experiment/ablations';
import { z } from 'zod';

const naturalText = z.string().regex(/^\d{1,16}$/, 'a whole number, 0 or more').transform(Number).pipe(z.int());

export const sweepIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a sweep\'s id');
export const stageIdSchema = z.string().regex(/^[0-9a-f]{8,64}$/, 'a stage\'s id: 64 hex digits, or the first 8 or more of them');
export const cellIdSchema = z.string().regex(/^[0-9a-f]{6,64}$/, 'a configuration\'s id: 64 hex digits, or the first 6 or more of them');
export const artifactHashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256: 64 hex digits');
export const ablationNameSchema = z.string().refine(isAblationName, { error: ({ input }) => expectedTable(String(input)) }).describe(`A table: ${ablationNamesText}.`);

export const pageQuerySchema = z.strictObject({
  limit: naturalText.pipe(z.int().min(1).max(200)).default(50).describe('Maximum number of rows, 1 to 200; 50 by default.'),
  cursor: z.string().regex(/^[A-Za-z0-9_.:+-]{1,500}$/, 'the nextCursor of the previous page').optional().describe('nextCursor of the previous page.'),
});
export type PageQuery = z.output<typeof pageQuerySchema>;

export const sweepsQuerySchema = pageQuerySchema.extend({
  name: z.string().min(1).max(200).optional().describe('Only sweeps of this name.'),
  search: z.string().min(1).max(200).optional().describe('Only sweeps with this in their name, description or owner, in upper or lower case, or at the beginning of their id.'),
  state: z.enum(['running', 'done', 'failed', 'cancelled']).optional().describe('Only sweeps in this state.'),
});
export type SweepsQuery = z.output<typeof sweepsQuerySchema>;

export const ledgersQuerySchema = pageQuerySchema.extend({
  limit: naturalText.pipe(z.int().min(1).max(20)).default(10).describe('Maximum number of ledgers, each of which is a pass over its sweep: 1 to 20; 10 by default.'),
  owner: z.string().min(1).max(200).optional().describe('Only sweeps of this owner.'),
});
export type LedgersQuery = z.output<typeof ledgersQuerySchema>;

export const stagesQuerySchema = pageQuerySchema.extend({
  kind: z.enum(stageKinds).optional(),
  state: z.enum(stageStates).optional(),
});
export type StagesQuery = z.output<typeof stagesQuerySchema>;

export const logQuerySchema = z.strictObject({
  attempt: naturalText.optional().describe('The fencing token of the attempt; by default the last that left a log.'),
  last: naturalText.pipe(z.int().min(1)).optional().describe('At most so many characters, the end of the log, from the beginning of a line.'),
});
export type LogQuery = z.output<typeof logQuerySchema>;

export const workersQuerySchema = z.strictObject({
  gone: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('Include workers that are gone.'),
});
export type WorkersQuery = z.output<typeof workersQuerySchema>;

export const workerIdSchema = z.string().min(1).max(300).describe("A worker's name.");

export const releaseQuerySchema = z.strictObject({
  kind: z.enum(stageKinds).optional().describe('Only for stages of this kind; by default for all that it takes.'),
});
export type ReleaseQuery = z.output<typeof releaseQuerySchema>;

const formatQuerySchema = z.strictObject({
  format: z.enum(tableFormats).optional().describe('Takes precedence over the Accept header.'),
});

const fixedPairSchema = z.string().regex(/^\w+:./, 'a parameter and its label, "sampler:heun"').transform((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)] as const);

export const fixedQuerySchema = z.preprocess((text) => [text ?? []].flat(), z.array(fixedPairSchema)).transform((pairs): Record<string, string> => Object.fromEntries(pairs))
  .describe('The value to fix a parameter at, as the table names it: "sampler:heun". May be repeated.');

const metricSchema = z.string().refine(isMetricKey, metricKeysText);

/** `?metric=kid`. */
export const leaderboardQuerySchema = formatQuerySchema.extend({
  ...pageQuerySchema.shape,
  metric: metricSchema.optional().describe(`The metric to rank by: ${metricKeysText}. By default the first of them that was requested.`),
});
export type LeaderboardQuery = z.output<typeof leaderboardQuerySchema>;

const flagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

const several = (text: unknown): unknown[] => [text ?? []].flat();
const keepPairSchema = z.string().max(1000).regex(/^[A-Za-z0-9.]{1,100}:./s, 'a parameter and one of its labels, "sampler:heun"').transform((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)] as const);
const rangeSchema = z.string().max(300).regex(/^.+:(-?\d[\d.]*(e[+-]?\d+)?)?\.\.(-?\d[\d.]*(e[+-]?\d+)?)?$/, 'a metric or nfe and a range, "fid:10..20", "nfe:..40"').transform((text) => {
  const at = text.lastIndexOf(':');
  const [low, high] = text.slice(at + 1).split('..').map((end) => (end === '' ? null : Number(end)));
  return [text.slice(0, at), { low: low!, high: high! }] as const;
});

/** `?keep=sampler:heun&keep=sampler:ddim(eta 0)&within=fid:..20`. */
const keepShape = {
  keep: z.preprocess(several, z.array(keepPairSchema).max(2000)).transform((pairs): Record<string, string[]> => {
    const labels = new Map<string, string[]>();
    for (const [path, label] of pairs) labels.set(path, [...(labels.get(path) ?? []), label]);
    return Object.fromEntries(labels);
  }).describe('Only configurations with this value: "sampler:heun", as tables name it. May be repeated: any of several values of one parameter, all of several parameters.'),
  within: z.preprocess(several, z.array(rangeSchema).max(20)).refine((ranges) => ranges.every(([name]) => name === 'nfe' || isMetricKey(name)), `nfe or a metric: ${metricKeysText}`).transform((ranges) => Object.fromEntries(ranges))
    .describe('Only configurations whose mean of a metric, or whose NFE, is in this range, ends included: "fid:10..20", "nfe:..40". May be repeated.'),
};

/** Of one sweep. */
export const sweepLeaderboardQuerySchema = leaderboardQuerySchema.extend({
  ...keepShape,
  all: flagSchema.optional().describe('All rows in place of a page; of CSV, which is sent as it is read.'),
  sort: z.string().min(1).max(200).optional().describe('The order within each group, those that are ranked first: by `nfe`, a metric, or a parameter that the sweep varies, in the order of its values in the grid. Ranks are still by `metric`; rows without a value come last. By default by rank.'),
  order: z.enum(['ascending', 'descending']).optional().describe('Of `sort`; ascending by default.'),
}).refine(({ all, format }) => !all || format === 'csv', { path: ['all'], error: 'format=csv with it: other formats come page by page' })
  .refine(({ all, sort }) => !all || sort === undefined, { path: ['sort'], error: 'no sort with all=true: all rows are sent as they are read, by rank' })
  .refine(({ sort, order }) => order === undefined || sort !== undefined, { path: ['order'], error: 'sort with it, what to order by' });
export type SweepLeaderboardQuery = z.output<typeof sweepLeaderboardQuerySchema>;

/** `?metric=kid`. */
export const adviceQuerySchema = z.strictObject({
  metric: metricSchema.optional().describe(`The metric: ${metricKeysText}. By default the first of them that was requested.`),
});
export type AdviceQuery = z.output<typeof adviceQuerySchema>;

/** Which of several evaluators or numbers of images. */
const scoresShape = {
  n: z.coerce.number().int().positive().optional().describe('The scores of so many generated images; by default those of the most. Scores of two never share a table or a picture.'),
  evaluator: z.string().regex(/^[0-9a-f]{1,64}$/, 'the fingerprint of an evaluator, or its first digits').optional().describe('The scores of this evaluator: its fingerprint, or the first digits of it.'),
};

/** `?metric=kid&fixed=sampler:heun&fixed=steps:20`. */
export const tableQuerySchema = formatQuerySchema.extend({
  metric: metricSchema.optional().describe(`The metric of the entries: ${metricKeysText}. By default the first of them that the sweep requests.`),
  fixed: fixedQuerySchema,
  ...scoresShape,
});
export type TableQuery = z.output<typeof tableQuerySchema>;

export const importIdSchema = z.string().regex(/^[0-9a-f]{12}$/, 'the id of an import: 12 hex digits');

export const importedQuerySchema = z.strictObject({
  metric: metricSchema.optional().describe(`The metric: ${metricKeysText}. By default the first of them that the sweep requests.`),
});
export type ImportedQuery = z.output<typeof importedQuerySchema>;

const analysisFormatSchema = z.enum([...tableFormats, 'svg', 'png']).optional().describe('Takes precedence over the Accept header.');

const scaleSchema = z.enum(scoreScales).default('auto').describe('Differences of scores, or of their natural logarithms; auto, the default: of logarithms where the means span a factor of ten.');

/** `?metric=kid&scale=log`. */
export const effectsQuerySchema = z.strictObject({
  format: analysisFormatSchema,
  metric: metricSchema.optional().describe(`The metric: ${metricKeysText}. By default the first of them that the sweep requests.`),
  scale: scaleSchema,
});
export type EffectsQuery = z.output<typeof effectsQuerySchema>;

const cellWord = /^[0-9a-f]{6,64}$/;

/** `?from=best`, `?steps=4f1c09ab,77ab01c2`. */
export const ladderQuerySchema = formatQuerySchema.extend({
  metric: effectsQuerySchema.shape.metric,
  scale: scaleSchema,
  from: z.string().refine((text) => text === 'best' || cellWord.test(text), 'the id of a configuration, or best').optional().describe('The configuration that the others differ from in one parameter: its id, the first 6 or more digits of it, or `best`.'),
  steps: z.string().max(4000).transform((text) => text.split(',')).refine((ids) => ids.every((id) => cellWord.test(id)), 'ids of configurations, separated by commas').optional().describe('Configurations in this order, by their ids or the first 6 or more digits of them. With neither: in the order of a file that lists configurations.'),
});
export type LadderQuery = z.output<typeof ladderQuerySchema>;

export const cellQuerySchema = z.strictObject({
  sweep: sweepIdSchema.optional().describe('The sweep; by default the newest that has it.'),
});
export type CellQuery = z.output<typeof cellQuerySchema>;

export const plotFormats = ['svg', 'png', 'json', 'csv'] as const;
export type PlotFormat = (typeof plotFormats)[number];

const fixedSchema = tableQuerySchema.shape.fixed;
const axisSchema = z.string().regex(/^[A-Za-z0-9.]{1,100}$/, 'a parameter, a value inside one such as sampler.kind, or nfe');

/** `?metric=fid&x=inputScale&lines=sampler&facets=steps`. */
export const plotQuerySchema = z.strictObject({
  format: z.enum(plotFormats).optional().describe('Takes precedence over the Accept header. JSON and CSV have the numbers of the picture.'),
  metric: metricSchema.optional().describe(`The metric to draw: ${metricKeysText}. By default the first of them that the sweep requests.`),
  x: axisSchema.optional().describe('The axis to draw it against: a parameter, a value inside one such as `sampler.kind`, `nfe`, `sampleSeconds` or `totalSeconds`. By default, as the other axes, by what the sweep varies.'),
  y: axisSchema.optional().describe('A second axis: a heat map.'),
  lines: axisSchema.optional().describe('A line for each value of this axis; `none`: a single one.'),
  facets: axisSchema.optional().describe('A panel for each value of this axis; `none`: a single one.'),
  fixed: fixedSchema,
  ...scoresShape,
  rest: z.enum(['same', 'best']).optional().describe('Of what the picture does not show: `same`, one choice for all of it, by default; `best`, at each place that of the configuration with the best mean.'),
  logX: flagSchema.optional().describe('A logarithmic x axis; by default if its numbers span a factor of 16.'),
  logY: flagSchema.optional().describe('A logarithmic y axis.'),
});
export type PlotQuery = z.output<typeof plotQuerySchema>;

export const planQuerySchema = z.strictObject({
  why: flagSchema.optional().describe('Say why each stage runs: what differs from the nearest that exists.'),
});
export type PlanQuery = z.output<typeof planQuerySchema>;

/** `?by=nfe&metric=fid`. */
export const paretoQuerySchema = z.strictObject({
  format: analysisFormatSchema,
  by: z.enum(workPaths).default('nfe').describe('What it costs: evaluations of the network for each image; measured seconds of sampling; or of training and sampling.'),
  metric: plotQuerySchema.shape.metric,
  fixed: fixedSchema,
  logX: plotQuerySchema.shape.logX,
  logY: plotQuerySchema.shape.logY,
});
export type ParetoQuery = z.output<typeof paretoQuerySchema>;

/** `?metrics=fid&keep=sampler:heun&within=fid:..20&scale=fid:log`. */
export const parallelQuerySchema = z.strictObject({
  format: z.enum(plotFormats).optional().describe('Takes precedence over the Accept header. JSON and CSV have the numbers of the picture.'),
  metrics: z.preprocess((text) => (text === undefined ? undefined : several(text)), z.array(metricSchema).max(8).optional()).describe('A metric that has an axis; may be repeated. The first orders and shades the lines. By default those that the sweep requests.'),
  ...keepShape,
  scale: z.preprocess(several, z.array(z.string().regex(new RegExp(`^.+:(${parallelScales.join('|')})$`), 'an axis and its scale, "fid:log"')).max(100)).transform((pairs): Record<string, ParallelScale> => Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.lastIndexOf(':')), pair.slice(pair.lastIndexOf(':') + 1) as ParallelScale])))
    .describe('How an axis is drawn: "fid:log"; linear, log or quantile, at equal shares of the configurations. May be repeated.'),
  without: z.preprocess(several, z.array(z.string().min(1).max(100)).max(100)).transform((names) => [...new Set(names)]).describe('An axis that is not drawn. May be repeated.'),
});
export type ParallelQuery = z.output<typeof parallelQuerySchema>;

export const lossesQuerySchema = z.strictObject({ format: plotQuerySchema.shape.format });
export type LossesQuery = z.output<typeof lossesQuerySchema>;

export const graphFormats = ['json', 'svg', 'png', 'csv'] as const;
export type GraphFormat = (typeof graphFormats)[number];
export const graphQuerySchema = z.strictObject({ format: z.enum(graphFormats).optional().describe('Takes precedence over the Accept header.') });
export type GraphQuery = z.output<typeof graphQuerySchema>;

/** `?metric=fid`. */
export const trajectoriesQuerySchema = lossesQuerySchema.extend({ metric: metricSchema.optional().describe('The metric to draw, by default the first that was scored; JSON has all unless one is named.') });
export type TrajectoriesQuery = z.output<typeof trajectoriesQuerySchema>;

/** `?metric=kid`. */
export const sizesQuerySchema = lossesQuerySchema.extend({ metric: metricSchema.optional().describe('The metric to draw, by default the one that ranks.') });
export type SizesQuery = z.output<typeof sizesQuerySchema>;

export const trialFormats = ['json', 'csv', 'ndjson', 'parquet'] as const;
export type TrialFormat = (typeof trialFormats)[number];

/** `?format=csv`; a page as JSON. */
export const trialsQuerySchema = z.strictObject({
  format: z.enum(trialFormats).optional().describe('Takes precedence over the Accept header. CSV, NDJSON and Parquet have all trials, JSON one page.'),
  limit: naturalText.pipe(z.int().min(1).max(1000)).default(200).describe('Maximum number of trials of a page, 1 to 1000; 200 by default.'),
  cursor: pageQuerySchema.shape.cursor,
});
export type TrialsQuery = z.output<typeof trialsQuerySchema>;

export const eventsQuerySchema = z.strictObject({
  after: z.union([z.literal('now'), naturalText]).optional().describe('Send the events after this one; 0 sends all, `now` those from now on. Last-Event-ID takes precedence over it.'),
});
export type EventsQuery = z.output<typeof eventsQuerySchema>;

export const lastEventIdSchema = naturalText.describe('The last event seen; the stream continues after it.');

/** `{ "stages": ["c0bfad87"] }`. */
export const retryBodySchema = z.strictObject({
  failed: z.boolean().default(false).describe('Only the stages that failed, none that were cancelled.'),
  stages: z.array(stageIdSchema).min(1).max(1000).optional().describe('Only these of the failed stages, by their ids or the first 8 or more digits of them.'),
});
export type RetryBody = z.output<typeof retryBodySchema>;

/** `{ "priority": 10, "concurrency": null }`. */
export const precedenceBodySchema = z.strictObject({
  priority: z.int().min(-1000).max(1000).optional().describe("Among its owner's sweeps; higher goes first. 0 at first."),
  weight: z.number().min(0.001).max(1000).optional().describe("Its share, relative to those of its owner's sweeps of the same priority. 1 at first."),
  concurrency: z.int().min(1).max(1_000_000).nullable().optional().describe('Stages that run at once, at most; null: no limit.'),
}).refine((given) => Object.keys(given).length > 0, 'priority, weight or concurrency');
export type PrecedenceBody = z.output<typeof precedenceBodySchema>;

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 printable ASCII characters without spaces')
  .describe('A second request with the same key and the same sweep gets the sweep of the first.');

export const ifNoneMatchSchema = z.string().describe('ETags of the bytes the client has.');
