import { plural } from '@elucidate/experiment/plural';
import type { Precedence } from '@elucidate/dispatch/steer';
import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import { steer, type SteerOptions } from './steer.js';

const text = ({ priority, weight, concurrency }: SweepSummary): string => `priority ${priority}, weight ${weight}, ${concurrency === null ? 'no limit of stages at once' : `at most ${plural(concurrency, 'stage')} at once`}`;

/** Changes a sweep's place among others, and prints what it is then. */
const change = (sweep: string, options: SteerOptions, precedence: Precedence): Promise<void> =>
  steer(sweep, options, { act: (answers, id) => answers.prioritise(id, precedence), say: (now) => `Sweep ${now.id}: ${text(now)}.` });

export const priority = (sweep: string, n: number, options: SteerOptions): Promise<void> => change(sweep, options, { priority: n });
export const weight = (sweep: string, n: number, options: SteerOptions): Promise<void> => change(sweep, options, { weight: n });
export const concurrency = (sweep: string, n: number | null, options: SteerOptions): Promise<void> => change(sweep, options, { concurrency: n });
