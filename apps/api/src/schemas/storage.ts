import { durationMs, durationText } from '@elucidate/shell/duration';
import type { DatabaseUse } from '@elucidate/store/disk-use';
import type { Pruned } from '@elucidate/store/prune/prune';
import { z } from 'zod';

const bytes = z.int().min(0);

export const storageSchema = z.object({
  bytes: bytes.describe('Of the whole database, with the queue if it is there.'),
  artifacts: z.int().describe('Artifacts that the database knows.'),
  artifactBytes: bytes,
  tables: z.array(z.object({ name: z.string(), bytes })).describe('The largest tables with their indexes, the largest first.'),
}).meta({ id: 'Storage' }) satisfies z.ZodType<DatabaseUse>;

export const pruneQuerySchema = z.strictObject({
  olderThan: z.string().refine((text) => durationMs(text) !== undefined, durationText).default('30d').transform((text) => durationMs(text)!).describe('Keep what is younger: 12h, 30d.'),
  remove: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('true: remove it; otherwise only say what would go.'),
});
export type PruneQuery = z.output<typeof pruneQuerySchema>;

const files = z.object({ count: z.int(), bytes });

export const prunedSchema = z.object({
  removed: z.boolean().describe('false: nothing was removed.'),
  stages: z.int().describe('That no sweep has: dropped by an edit, or left by a submission that was cut off.'),
  events: z.int().describe('Of sweeps that have ended, and of the installation.'),
  logs: z.int().describe('Logs of attempts.'),
  states: z.int().describe('Ends of training runs that successive halving kept for longer ones, of sweeps that need them no more; their files are among the artifacts.'),
  artifacts: files.describe('Files that no output of a stage, and no log that is kept, refers to.'),
  checkpoints: files.describe('Of stages that are done, that ended otherwise long ago, or that do not exist.'),
  programs: files.describe('Unpacked programs that no sweep names and that were not run lately; they are unpacked again when they are needed.'),
}).meta({ id: 'Pruned' }) satisfies z.ZodType<Pruned & { removed: boolean }>;
export type PrunedAnswer = z.infer<typeof prunedSchema>;
