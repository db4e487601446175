import type { SweepEta } from '@elucidate/store/queries/sweep-eta';
import { z } from 'zod';

const eta = z.object({
  seconds: z.number(),
  low: z.number().describe('Of a 95 % interval.'),
  high: z.number(),
  slots: z.int().describe('Slots that were counted on.'),
});

/** When a sweep is expected to end. */
export const etaSchema = z.object({
  eta: eta.nullable().describe('Seconds from now; null: it has ended, is paused, or no worker is there.'),
  toLook: z.boolean().describe('Whether that is the next look of its race, and not its end: what comes after is not known.'),
  predictions: z.array(eta.extend({
    moment: z.int().describe('Percent of the work that was done by then, rounded down to 0, 5, 10, 25, 50, 75 or 90.'),
    at: z.iso.datetime(),
    took: z.number().nullable().describe('Seconds that it took from then on; null before it has ended.'),
  })).describe('As predicted since its last edit.'),
}).meta({ id: 'Eta' }) satisfies z.ZodType<SweepEta>;
