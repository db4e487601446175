import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** steps + 1 sigmas, falling, last 0: t uniform from `start` in (0, 1] down to 0 on a schedule, at input scale b. Chen 2023, Alg. 3. */
export function uniformTGrid(steps: number, schedule: Schedule, { b, start }: { b: number; start: number }): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => sigmaOf(schedule.gamma(start * (1 - i / steps)), b));
}
