import { sigmaOf } from './levels.js';
import { scheduleOf } from './schedules.js';
import type { Schedule, ScheduleShape } from './schedules.js';

/** A grid as a spec words it. */
export type GridShape =
  | { kind: 'uniform-t'; start: number; schedule?: ScheduleShape | undefined }
  | ({ kind: 'karras' } & KarrasShape);

export interface KarrasShape {
  /** 7 in the paper; 1 is uniform in sigma. */
  rho: number;
  sigmaMin: number;
  sigmaMax: number;
}

/** steps + 1 sigmas, falling, last 0: t uniform from `start` in (0, 1] down to 0 on a schedule, at input scale b. Chen 2023, Alg. 3. */
export function uniformTGrid(steps: number, schedule: Schedule, { b, start }: { b: number; start: number }): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => sigmaOf(schedule.gamma(start * (1 - i / steps)), b));
}

/** steps + 1 sigmas, falling from sigmaMax through sigmaMin to a last 0. EDM, eq. 5. One step goes from sigmaMax to 0. */
export function karrasGrid(steps: number, { rho, sigmaMin, sigmaMax }: KarrasShape): number[] {
  const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
  const levels = Array.from({ length: steps }, (_, i) => (from + (steps === 1 ? 0 : i / (steps - 1)) * (to - from)) ** rho);
  return [...levels, 0];
}

/** The levels that a spec's grid names; `schedule` and b are the training's own. */
export function gridOf(shape: GridShape, steps: number, { schedule, b }: { schedule: Schedule; b: number }): number[] {
  if (shape.kind === 'karras') return karrasGrid(steps, shape);
  return uniformTGrid(steps, shape.schedule ? scheduleOf(shape.schedule) : schedule, { b, start: shape.start });
}
