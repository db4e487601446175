import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { isMetricKey, metricKeysText } from '@elucidate/experiment/metric-requests';
import { tableFormats } from '@elucidate/experiment/table-text';
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
});
export type SweepsQuery = z.output<typeof sweepsQuerySchema>;

export const stagesQuerySchema = pageQuerySchema.extend({
  kind: z.enum(stageKinds).optional(),
  state: z.enum(stageStates).optional(),
});
export type StagesQuery = z.output<typeof stagesQuerySchema>;

export const logQuerySchema = z.strictObject({
  attempt: naturalText.optional().describe('The fencing token of the attempt; by default the last that left a log.'),
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

/** `?metric=kid&fixed=sampler:heun&fixed=steps:20`. */
export const tableQuerySchema = formatQuerySchema.extend({
  metric: metricSchema.optional().describe(`The metric of the entries: ${metricKeysText}. By default the first of them that the sweep requests.`),
  fixed: fixedQuerySchema,
});
export type TableQuery = z.output<typeof tableQuerySchema>;

export const cellQuerySchema = z.strictObject({
  sweep: sweepIdSchema.optional().describe('The sweep; by default the newest that has it.'),
});
export type CellQuery = z.output<typeof cellQuerySchema>;

export const plotFormats = ['svg', 'png', 'json'] as const;
export type PlotFormat = (typeof plotFormats)[number];

const fixedSchema = tableQuerySchema.shape.fixed;
const axisSchema = z.string().regex(/^[A-Za-z0-9.]{1,100}$/, 'a parameter, a value inside one such as sampler.kind, or nfe');
const flagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

/** `?metric=fid&x=inputScale&lines=sampler&facets=steps`. */
export const plotQuerySchema = z.strictObject({
  format: z.enum(plotFormats).optional().describe('Takes precedence over the Accept header. JSON has the numbers of the picture.'),
  metric: metricSchema.optional().describe(`The metric to draw: ${metricKeysText}. By default the first of them that the sweep requests.`),
  x: axisSchema.optional().describe('The axis to draw it against: a parameter, a value inside one such as `sampler.kind`, or `nfe`. By default, as the other axes, by what the sweep varies.'),
  y: axisSchema.optional().describe('A second axis: a heat map.'),
  lines: axisSchema.optional().describe('A line for each value of this axis; `none`: a single one.'),
  facets: axisSchema.optional().describe('A panel for each value of this axis; `none`: a single one.'),
  fixed: fixedSchema,
  logX: flagSchema.optional().describe('A logarithmic x axis; by default if its numbers span a factor of 16.'),
  logY: flagSchema.optional().describe('A logarithmic y axis.'),
});
export type PlotQuery = z.output<typeof plotQuerySchema>;

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
  after: naturalText.optional().describe('Send the events after this one; 0 sends all. Last-Event-ID takes precedence over it.'),
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
