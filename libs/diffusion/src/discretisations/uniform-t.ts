import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/**
 * steps + 1 sigmas, falling: t uniform from `start` in (0, 1] down to 0 on a schedule, at input scale b. Chen 2023, Alg. 3.
 * The last is 0 even on a schedule that starts slightly below gamma = 1: sampling ends at the image.
 */
export function uniformTLevels(steps: number, schedule: Schedule, { b, start }: { b: number; start: number }): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => (i === steps ? 0 : sigmaOf(schedule.gamma(start * (1 - i / steps)), b)));
}
