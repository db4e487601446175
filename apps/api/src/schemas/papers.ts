import type { PaperColumn, PaperCounterpart, PaperEntry, PaperSummary, PaperSweep, PublishedTable } from '@elucidate/experiment/paper-table';
import { paperFormats } from '@elucidate/experiment/render-paper';
import { z } from 'zod';
import { fixedQuerySchema, sweepIdSchema } from './requests.js';

export const paperIdSchema = z.string().regex(/^[a-z0-9-]{1,64}$/, 'a published table, such as chen2023-table3').describe('A published table; `GET /v1/papers` lists them.');

/** `?sweep=3f2a9c01b7de&fixed=sampler:heun&format=latex`. */
export const paperQuerySchema = z.strictObject({
  format: z.enum(paperFormats).optional().describe('Takes precedence over the Accept header.'),
  sweep: sweepIdSchema.optional().describe('Whose figures to put beside; by default those of the newest sweep that has any.'),
  fixed: fixedQuerySchema,
});
export type PaperQuery = z.output<typeof paperQuerySchema>;

export const paperListQuerySchema = z.strictObject({ format: z.enum(paperFormats).optional().describe('Takes precedence over the Accept header.') });
export type PaperListQuery = z.output<typeof paperListQuerySchema>;

const summary = {
  id: z.string(),
  source: z.string(),
  title: z.string(),
  citation: z.string(),
  url: z.string(),
  edition: z.int().describe('Which correction of the data it is, from 1.'),
  figures: z.int().describe('Figures in it; repeats count.'),
};

const paperSummarySchema: z.ZodType<PaperSummary> = z.object(summary).meta({ id: 'PaperSummary' });
export const paperListSchema = z.object({ tables: z.array(paperSummarySchema) }).meta({ id: 'PaperList' });

const count = z.int().nullable();
const number = z.number().nullable();
const text = z.string().nullable();

const counterpartSchema: z.ZodType<PaperCounterpart> = z.object({
  cellId: z.string(), mean: number, low: number.describe('95 % interval of the mean over training runs; null below two.'), high: number, trainingMeans: z.array(z.number()).describe('The mean of each training run.'),
  trials: z.int(), diverged: z.int(), planned: z.int().describe('Trials in the sweep.'), n: count, nfe: number,
  dataset: text, resolution: count, extractor: text, images: count.describe('Images seen in training.'),
  complete: z.boolean().describe('All trials have ended and none diverged; only such are ranked.'), bold: z.boolean().nullable().describe("By the paper's own rule."),
  difference: number.describe('Ours minus theirs; null if they cannot be compared.'), notComparable: text.describe('Why the values cannot be compared; null if they can.'),
  ownRank: count, publishedRank: count, tau: number.describe("Kendall's tau-b of the column, ours against theirs."), tauLow: number, tauHigh: number, tauRows: z.int(), verdict: z.string(),
}).meta({ id: 'PaperCounterpart' });

const entrySchema: z.ZodType<PaperEntry> = z.object({
  values: z.array(z.number()).describe('As published; several are repeats of one setting.'), bold: z.boolean().nullable().describe('As printed; null: not recorded.'),
  protocol: z.string().describe('single, min-of-3 or unknown.'), dataset: text, resolution: count, extractor: text, n: count, nfe: count, split: text, images: count, note: text,
  ours: counterpartSchema.nullable(),
}).meta({ id: 'PaperEntry' });

const columnSchema: z.ZodType<PaperColumn> = z.object({ name: z.string(), metric: z.string(), here: text.describe('Heading of the column that has our figures; null: none correspond.'), variant: text.describe('"as shown" or "corrected".') });

const sweepSchema: z.ZodType<PaperSweep> = z.object({
  id: z.string(), name: z.string(), evaluators: z.array(z.string()), real: z.record(z.string(), z.number()).describe('Real-data baseline, by metric.'),
  fixed: z.record(z.string(), z.string()), groups: z.int().describe('Tables that the sweep has by other fixed values, this one included.'),
});

export const paperTableSchema: z.ZodType<PublishedTable> = z.object({
  ...summary, rowTitle: z.string(), boldRule: z.string(), boldWithin: number, notes: z.array(z.string()), rows: z.array(z.string()), columns: z.array(columnSchema),
  entries: z.array(z.array(entrySchema.nullable())).describe('[row][column]; null where the paper has none.'), sweep: sweepSchema.nullable(),
}).meta({ id: 'PublishedTable' });
