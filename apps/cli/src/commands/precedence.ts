import type { Precedence } from '@elucidate/dispatch/steer';
import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import { steer, type SteerOptions } from './steer.js';

const text = ({ priority, weight, concurrency }: SweepSummary): string => `priority ${priority}, weight ${weight}, ${concurrency === null ? 'no limit of stages at once' : `at most ${concurrency} stages at once`}`;

/** Changes a sweep's place among others, and prints what it is then. */
const change = (id: string, options: SteerOptions, precedence: Precedence): Promise<void> =>
  steer(id, options, { act: (answers) => answers.prioritise(id, precedence), say: (sweep) => `Sweep ${id}: ${text(sweep)}.` });

export const priority = (id: string, n: number, options: SteerOptions): Promise<void> => change(id, options, { priority: n });
export const weight = (id: string, n: number, options: SteerOptions): Promise<void> => change(id, options, { weight: n });
export const concurrency = (id: string, n: number | null, options: SteerOptions): Promise<void> => change(id, options, { concurrency: n });
