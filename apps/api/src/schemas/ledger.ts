import type { SweepLedger } from '@elucidate/experiment/ledger';
import { z } from 'zod';

const spent = z.object({ attempts: z.int(), seconds: z.number().describe('That the attempts held a slot.') });

/** What was spent for a sweep, and what it did not have to spend. */
export const ledgerSchema = z.object({
  sweepId: z.string(),
  name: z.string(),
  owner: z.string(),
  state: z.string(),
  useful: spent.describe('Attempts whose results are there. Every attempt is on the ledger of one sweep: the first that was submitted of those that needed its stage.'),
  wasted: z.array(spent.extend({ cause: z.string().describe('The code of an error; released: handed back by a worker that stopped; cancelled; replaced: done, but its files were lost and made again.') })).describe('Attempts that led to no result, by cause, the most expensive first.'),
  running: spent.describe('Attempts that run, up to now.'),
  devices: z.array(z.object({ device: z.string(), useful: spent, wasted: spent, running: spent })),
  sharing: z.object({
    alone: z.number().describe('What its trials would have cost, each by itself: the sum of the four others.'),
    saved: z.number().describe('Saved because its trials share stages.'),
    reused: z.number().describe('Done before it was submitted.'),
    others: z.number().describe('Done for another sweep that was there first.'),
    own: z.number().describe('On its own ledger.'),
  }).describe('In seconds, of the stages that are done.'),
}).meta({ id: 'Ledger' }) satisfies z.ZodType<SweepLedger>;

export const ledgerListSchema = z.object({
  ledgers: z.array(ledgerSchema),
  nextCursor: z.string().nullable().describe('Pass it as ?cursor= for the next page; null on the last.'),
}).meta({ id: 'LedgerList' });
