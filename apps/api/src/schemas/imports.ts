import { mostImported } from '@elucidate/experiment/imported';
import { isMetricKey, metricKeysText } from '@elucidate/experiment/metric-requests';
import { storable } from '@elucidate/experiment/printable';
import type { ImportDetail, ImportedForSweep, ImportSummary } from '@elucidate/store/queries/imports';
import { z } from 'zod';

const text = z.string().min(1).max(2000).refine(storable, 'text without a NUL or half of a surrogate pair');
const metric = z.string().refine(isMetricKey, metricKeysText);
const scalar = z.union([z.string().max(2000).refine(storable, 'text without a NUL or half of a surrogate pair'), z.number(), z.boolean(), z.null()]);
const values = z.record(text, scalar);
const rowSchema = z.strictObject({ value: z.number().nullable().describe('null: it diverged.'), values: values.describe('All else that the row has.') });

/** Results that were computed elsewhere, as they are sent. */
export const importBodySchema = z.strictObject({
  file: text.describe('Name of the file that they were read from.'),
  source: text.describe('Where they come from: a paper, a commit, an address.'),
  metric,
  evaluator: text.describe('The fingerprint of an evaluator of ours, if theirs is said to be the same; else its name.'),
  n: z.int().min(1).max(2_147_483_647).nullable().describe('Images that each score is of; null: not known, and then they compare with nothing.'),
  rows: z.array(rowSchema).min(1).max(mostImported),
});
export type ImportBody = z.output<typeof importBodySchema>;

export const importSummarySchema = z.object({
  id: z.string(),
  owner: z.string().describe('Who imported them.'),
  file: z.string(),
  source: z.string(),
  metric: z.string(),
  evaluator: z.string().describe('As declared.'),
  n: z.int().nullable(),
  rows: z.int(),
  importedAt: z.iso.datetime(),
}).meta({ id: 'ImportSummary' }) satisfies z.ZodType<ImportSummary>;

export const importedSchema = importSummarySchema.extend({ created: z.boolean().describe('false: it was there already.') }).meta({ id: 'Imported' });

export const importListSchema = z.object({ imports: z.array(importSummarySchema), nextCursor: z.string().nullable() }).meta({ id: 'ImportList' });

const score = z.object({ value: z.number().nullable(), values });

export const importSchema = importSummarySchema.extend({ scores: z.array(score).describe('In the order of the file.') }).meta({ id: 'Import' }) satisfies z.ZodType<ImportDetail>;

export const importedForSweepSchema = z.object({
  metric: z.string(),
  groups: z.array(z.object({
    evaluator: z.string(),
    n: z.int(),
    scores: z.array(importSummarySchema.omit({ rows: true }).extend(score.shape)),
    cut: z.boolean().describe('There are more than these.'),
  })).describe('For each evaluator and n of the sweep the imported scores that are declared to be of the same, the best first, at most 50.'),
  incomparable: z.array(importSummarySchema).describe('Imports of the metric of another evaluator or n, the newest first, at most 50.'),
}).meta({ id: 'ImportedForSweep' }) satisfies z.ZodType<ImportedForSweep>;
