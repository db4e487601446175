import { alignYourSteps } from './discretisations/align-your-steps.js';
import type { AlignYourStepsList } from './discretisations/align-your-steps.js';
import { betaLevels } from './discretisations/beta.js';
import type { BetaShape } from './discretisations/beta.js';
import { discreteTimesteps } from './discretisations/discrete.js';
import type { DiscreteShape } from './discretisations/discrete.js';
import { exponentialLevels, polyexponentialLevels, veLevels } from './discretisations/exponential.js';
import { iddpmLevels } from './discretisations/iddpm.js';
import type { IddpmShape } from './discretisations/iddpm.js';
import { karrasLevels } from './discretisations/karras.js';
import type { KarrasShape } from './discretisations/karras.js';
import { listedLevels, sigmasOf } from './discretisations/listed.js';
import type { LevelCoordinate } from './discretisations/listed.js';
import { uniformLogSnrLevels } from './discretisations/log-snr.js';
import type { TimeRange } from './discretisations/log-snr.js';
import type { Range } from './discretisations/ramp.js';
import { uniformTLevels } from './discretisations/uniform-t.js';
import { variableSkipLevels } from './discretisations/variable-skip.js';
import { vpLevels } from './discretisations/vp.js';
import type { VpShape } from './discretisations/vp.js';
import { leastFloat32, mostFloat32 } from './levels.js';
import { scheduleOf } from './schedules.js';
import type { Schedule, ScheduleShape } from './schedules.js';

/** Where a discretisation ends. */
interface Ending {
  /** false: at its last level above 0, with one more level before it; otherwise at 0. */
  denoiseToZero?: boolean | undefined;
}

/** A discretisation along a schedule. */
interface OnSchedule {
  /** Default: the training's own. */
  schedule?: ScheduleShape | undefined;
  /** A factor on every sigma, so that log-SNR moves by -2 ln shift: the ratio of resolutions in Hoogeboom et al. 2023, alpha in Esser et al. 2024, eq. 23. Default 1. */
  shift?: number | undefined;
}

/** A discretisation as written in a spec. */
export type DiscretisationShape =
  | ({ kind: 'uniform-t'; start: number } & OnSchedule)
  | ({ kind: 'karras' | 'polyexponential' } & KarrasShape & Ending)
  | ({ kind: 'exponential' | 've' } & Range & Ending)
  | ({ kind: 'vp' } & VpShape & Ending)
  | ({ kind: 'iddpm' } & IddpmShape)
  | { kind: 'variable-skip'; schedule?: ScheduleShape | undefined }
  | ({ kind: 'uniform-log-snr' } & TimeRange & OnSchedule & Ending)
  | ({ kind: 'beta' } & BetaShape & OnSchedule & Ending)
  | ({ kind: 'discrete' } & DiscreteShape & OnSchedule)
  | ({ kind: 'list'; levels: readonly number[]; in: LevelCoordinate; schedule?: ScheduleShape | undefined } & Ending)
  | ({ kind: 'align-your-steps'; of: AlignYourStepsList } & Ending);

/** What a training run determines about levels. */
export interface Levels {
  schedule: Schedule;
  /** Input scale. */
  b: number;
}

/**
 * The noise levels of a discretisation (EDM's time steps): steps + 1 sigmas, strictly falling, the last 0 unless denoiseToZero is false; `schedule` and b are those of the training run.
 * RangeError if a level is no float32 above 0, if two successive levels are equal or rise, or if the discretisation does not exist for this number of steps.
 */
export function discretisationOf(shape: DiscretisationShape, steps: number, levels: Levels): number[] {
  const sigmas = shifted(levelsOf(shape, steps, levels), shape);
  const beyond = sigmas.filter((sigma, i) => i < steps || sigma !== 0).find((sigma) => !(sigma >= leastFloat32 && sigma <= mostFloat32));
  if (beyond !== undefined) throw new RangeError(`the ${shape.kind} discretisation with ${steps} steps has the level sigma ${beyond}, which no float32 above 0 holds: change its ends`);
  const stuck = sigmas.findIndex((sigma, i) => i > 0 && !(sigma < sigmas[i - 1]!));
  if (stuck > 0) {
    const [from, to] = sigmas.slice(stuck - 1);
    throw new RangeError(`the ${shape.kind} discretisation with ${steps} steps goes from sigma ${from} to ${to}; levels must fall: change its ends, or take fewer steps`);
  }
  return sigmas;
}

/** Without a 0 at the end a grid has one level more above 0; lists and discrete timesteps end in their own way. */
function levelsOf(shape: DiscretisationShape, steps: number, levels: Levels): number[] {
  const oneMore = 'denoiseToZero' in shape && shape.denoiseToZero === false && shape.kind !== 'list' && shape.kind !== 'align-your-steps' && shape.kind !== 'discrete';
  return oneMore ? toZero(shape, steps + 1, levels).slice(0, -1) : toZero(shape, steps, levels);
}

function toZero(shape: DiscretisationShape, steps: number, { schedule: own, b }: Levels): number[] {
  const schedule = 'schedule' in shape && shape.schedule ? scheduleOf(shape.schedule) : own;
  switch (shape.kind) {
    case 'uniform-t': return uniformTLevels(steps, schedule, { b, start: shape.start });
    case 'karras': return karrasLevels(steps, shape);
    case 'exponential': return exponentialLevels(steps, shape);
    case 'polyexponential': return polyexponentialLevels(steps, shape);
    case 'vp': return vpLevels(steps, shape);
    case 've': return veLevels(steps, shape);
    case 'iddpm': return iddpmLevels(steps, shape);
    case 'variable-skip': return variableSkipLevels(steps, schedule, { b });
    case 'uniform-log-snr': return uniformLogSnrLevels(steps, schedule, { ...shape, b });
    case 'beta': return betaLevels(steps, schedule, { ...shape, b });
    case 'discrete': return discreteTimesteps(steps, schedule, { ...shape, b });
    case 'list': return listedLevels(steps, sigmasOf(shape.levels, shape.in, { schedule, b }), shape);
    case 'align-your-steps': return listedLevels(steps, alignYourSteps[shape.of], shape);
  }
}

function shifted(sigmas: number[], shape: DiscretisationShape): number[] {
  const shift = 'shift' in shape ? (shape.shift ?? 1) : 1;
  return shift === 1 ? sigmas : sigmas.map((sigma) => shift * sigma);
}

/** What a sampling run starts from: x_T = eps itself, or sigma eps in data units. */
const starts: Readonly<Record<DiscretisationShape['kind'], 'unit noise' | 'sigma'>> = {
  'uniform-log-snr': 'unit noise',
  'beta': 'unit noise',
  'discrete': 'unit noise',
  'list': 'sigma',
  'align-your-steps': 'sigma',
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
 * (pix2seq, diffusers, the fast.ai lesson), so with sqrt(sigma^2 + 1/b^2), as if the data had unit variance; those in sigma, and lists, start with sigma (EDM, k-diffusion).
 */
export function initialStddev({ kind }: Pick<DiscretisationShape, 'kind'>, sigma: number, b: number): number {
  return starts[kind] === 'sigma' ? sigma : Math.hypot(sigma, 1 / b);
}
