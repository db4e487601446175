import { exponentialGrid, polyexponentialGrid, veGrid } from './grids/exponential.js';
import { iddpmGrid } from './grids/iddpm.js';
import type { IddpmShape } from './grids/iddpm.js';
import { karrasGrid } from './grids/karras.js';
import type { KarrasShape } from './grids/karras.js';
import type { Range } from './grids/spread.js';
import { uniformTGrid } from './grids/uniform-t.js';
import { variableSkipGrid } from './grids/variable-skip.js';
import { vpGrid } from './grids/vp.js';
import type { VpShape } from './grids/vp.js';
import { scheduleOf } from './schedules.js';
import type { Schedule, ScheduleShape } from './schedules.js';

export { variableSkipSteps } from './grids/variable-skip.js';

/** A grid as a spec words it. */
export type GridShape =
  | { kind: 'uniform-t'; start: number; schedule?: ScheduleShape | undefined }
  | ({ kind: 'karras' | 'polyexponential' } & KarrasShape)
  | ({ kind: 'exponential' | 've' } & Range)
  | ({ kind: 'vp' } & VpShape)
  | ({ kind: 'iddpm' } & IddpmShape)
  | { kind: 'variable-skip'; schedule?: ScheduleShape | undefined };

/** What a training says about levels. */
export interface Levels {
  schedule: Schedule;
  /** Input scale. */
  b: number;
}

/**
 * The levels that a spec's grid names: steps + 1 sigmas, strictly falling, the last 0; `schedule` and b are the training's own.
 * RangeError where two levels are equal or rise, and for a number of steps that the grid does not have.
 */
export function gridOf(shape: GridShape, steps: number, levels: Levels): number[] {
  const sigmas = levelsOf(shape, steps, levels);
  const stuck = sigmas.findIndex((sigma, i) => i > 0 && !(sigma < sigmas[i - 1]!));
  if (stuck > 0) {
    const [from, to] = sigmas.slice(stuck - 1);
    throw new RangeError(`a ${shape.kind} grid of ${steps} steps goes from sigma ${from} to ${to}; levels must fall: change its ends, or take fewer steps`);
  }
  return sigmas;
}

function levelsOf(shape: GridShape, steps: number, { schedule, b }: Levels): number[] {
  switch (shape.kind) {
    case 'uniform-t': return uniformTGrid(steps, shape.schedule ? scheduleOf(shape.schedule) : schedule, { b, start: shape.start });
    case 'karras': return karrasGrid(steps, shape);
    case 'exponential': return exponentialGrid(steps, shape);
    case 'polyexponential': return polyexponentialGrid(steps, shape);
    case 'vp': return vpGrid(steps, shape);
    case 've': return veGrid(steps, shape);
    case 'iddpm': return iddpmGrid(steps, shape);
    case 'variable-skip': return variableSkipGrid(steps, shape.schedule ? scheduleOf(shape.schedule) : schedule, { b });
  }
}
