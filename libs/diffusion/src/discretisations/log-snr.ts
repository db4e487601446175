import { sigmaOfLogSnr } from '../levels.js';
import type { Schedule } from '../schedules.js';
import { ramp } from './ramp.js';

/** The part of a schedule that a discretisation in t spans, end < start. */
export interface TimeRange {
  /** The first t, in (0, 1]. */
  start: number;
  /** The last t above the image. */
  end: number;
}

/** steps + 1 sigmas, uniform in log-SNR between two t of a schedule, at input scale b, then 0. Lu et al. 2022 (DPM-Solver, arXiv 2206.00927), sec. 3.4. */
export function uniformLogSnrLevels(steps: number, schedule: Schedule, { b, start, end }: TimeRange & { b: number }): number[] {
  const [from, to] = [start, end].map((t) => schedule.logSnr(t) + 2 * Math.log(b)) as [number, number];
  return ramp(steps, (position) => sigmaOfLogSnr(from + position * (to - from)));
}
