import { exponentialLevels, polyexponentialLevels, veLevels } from './discretisations/exponential.js';
import { iddpmLevels } from './discretisations/iddpm.js';
import type { IddpmShape } from './discretisations/iddpm.js';
import { karrasLevels } from './discretisations/karras.js';
import type { KarrasShape } from './discretisations/karras.js';
import type { Range } from './discretisations/ramp.js';
import { uniformTLevels } from './discretisations/uniform-t.js';
import { variableSkipLevels } from './discretisations/variable-skip.js';
import { vpLevels } from './discretisations/vp.js';
import type { VpShape } from './discretisations/vp.js';
import { leastFloat32, mostFloat32 } from './levels.js';
import { scheduleOf } from './schedules.js';
import type { Schedule, ScheduleShape } from './schedules.js';

/** A discretisation as written in a spec. */
export type DiscretisationShape =
  | { kind: 'uniform-t'; start: number; schedule?: ScheduleShape | undefined }
  | ({ kind: 'karras' | 'polyexponential' } & KarrasShape)
  | ({ kind: 'exponential' | 've' } & Range)
  | ({ kind: 'vp' } & VpShape)
  | ({ kind: 'iddpm' } & IddpmShape)
  | { kind: 'variable-skip'; schedule?: ScheduleShape | undefined };

/** What a training run determines about levels. */
export interface Levels {
  schedule: Schedule;
  /** Input scale. */
  b: number;
}

/**
 * The noise levels of a discretisation (EDM's time steps): steps + 1 sigmas, strictly falling, the last 0; `schedule` and b are those of the training run.
 * RangeError if a level is no float32 above 0, if two successive levels are equal or rise, or if the discretisation does not exist for this number of steps.
 */
export function discretisationOf(shape: DiscretisationShape, steps: number, levels: Levels): number[] {
  const sigmas = levelsOf(shape, steps, levels);
  const beyond = sigmas.slice(0, -1).find((sigma) => !(sigma >= leastFloat32 && sigma <= mostFloat32));
  if (beyond !== undefined) throw new RangeError(`the ${shape.kind} discretisation with ${steps} steps has the level sigma ${beyond}, which no float32 above 0 holds: change its ends`);
  const stuck = sigmas.findIndex((sigma, i) => i > 0 && !(sigma < sigmas[i - 1]!));
  if (stuck > 0) {
    const [from, to] = sigmas.slice(stuck - 1);
    throw new RangeError(`the ${shape.kind} discretisation with ${steps} steps goes from sigma ${from} to ${to}; levels must fall: change its ends, or take fewer steps`);
  }
  return sigmas;
}

function levelsOf(shape: DiscretisationShape, steps: number, { schedule, b }: Levels): number[] {
  switch (shape.kind) {
    case 'uniform-t': return uniformTLevels(steps, shape.schedule ? scheduleOf(shape.schedule) : schedule, { b, start: shape.start });
    case 'karras': return karrasLevels(steps, shape);
    case 'exponential': return exponentialLevels(steps, shape);
    case 'polyexponential': return polyexponentialLevels(steps, shape);
    case 'vp': return vpLevels(steps, shape);
    case 've': return veLevels(steps, shape);
    case 'iddpm': return iddpmLevels(steps, shape);
    case 'variable-skip': return variableSkipLevels(steps, shape.schedule ? scheduleOf(shape.schedule) : schedule, { b });
  }
}

/** What a sampling run starts from: x_T = eps itself, or sigma eps in data units. */
const starts: Readonly<Record<DiscretisationShape['kind'], 'unit noise' | 'sigma'>> = {
  'uniform-t': 'unit noise',
  'variable-skip': 'unit noise',
  'karras': 'sigma',
  'exponential': 'sigma',
  'polyexponential': 'sigma',
  'vp': 'sigma',
  've': 'sigma',
  'iddpm': 'sigma',
};

/**
 * Standard deviation of y at the start of a sampling run, at the first level `sigma`. Discretisations in t start from unit noise, x_T = a b y = eps
 * (pix2seq, diffusers, the fast.ai lesson), so with sqrt(sigma^2 + 1/b^2), as if the data had unit variance; those in sigma start with sigma (EDM, k-diffusion).
 */
export function initialStddev({ kind }: Pick<DiscretisationShape, 'kind'>, sigma: number, b: number): number {
  return starts[kind] === 'sigma' ? sigma : Math.hypot(sigma, 1 / b);
}
