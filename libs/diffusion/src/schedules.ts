import { cosine, linear, log, sigmoid } from './schedules/curves.js';
import type { CurveSection } from './schedules/curves.js';
import { betaLinear, vp } from './schedules/decay.js';
import type { BetaLinearShape } from './schedules/decay.js';
import { cosineReleased, flow, laplace, logitNormal, modeWeighted, shiftedCosine } from './schedules/log-snr.js';
import { leastFall } from './schedules/schedule.js';
import type { Schedule } from './schedules/schedule.js';
import { zeroTerminalSnr } from './schedules/zero-terminal-snr.js';

export type { Schedule } from './schedules/schedule.js';

/** A schedule that does not build on another, as written in a spec. */
export type PlainScheduleShape =
  | { kind: 'linear'; clipMin: number }
  | ({ kind: 'cosine' } & CurveSection)
  | ({ kind: 'sigmoid' } & CurveSection)
  | { kind: 'cosine-released'; clipMin: number }
  | ({ kind: 'log' } & Omit<CurveSection, 'tau'>)
  | ({ kind: 'beta-linear' } & BetaLinearShape)
  | { kind: 'vp'; betaD: number; betaMin: number; clipMin: number }
  | { kind: 'shifted-cosine'; shift: number; clipMin: number }
  | { kind: 'laplace'; mean: number; scale: number; clipMin: number }
  | { kind: 'logit-normal'; mean: number; std: number; clipMin: number }
  | { kind: 'flow'; shift: number; clipMin: number }
  | { kind: 'mode-weighted'; scale: number; clipMin: number };

/** A schedule as written in a spec. */
export type ScheduleShape = PlainScheduleShape | { kind: 'zero-terminal-snr'; of: PlainScheduleShape; clipMin: number };

const schedules: { readonly [K in ScheduleShape['kind']]: (shape: Extract<ScheduleShape, { kind: K }>) => Schedule } = {
  linear,
  cosine,
  sigmoid,
  'cosine-released': cosineReleased,
  log,
  'beta-linear': betaLinear,
  vp,
  'shifted-cosine': shiftedCosine,
  laplace,
  'logit-normal': logitNormal,
  flow,
  'mode-weighted': modeWeighted,
  'zero-terminal-snr': ({ of, clipMin }) => zeroTerminalSnr(scheduleOf(of), clipMin),
};

/** The schedule that a spec names. RangeError if gamma does not fall, or is not finite. */
export function scheduleOf(shape: ScheduleShape): Schedule {
  const schedule = (schedules[shape.kind] as (shape: ScheduleShape) => Schedule)(shape);
  const [first, middle, last] = [0, 0.5, 1].map((t) => schedule.gamma(t)) as [number, number, number];
  if (!(first - last > leastFall && first >= middle && middle >= last)) throw new RangeError(`the ${shape.kind} schedule goes from gamma ${first} over ${middle} to ${last}, but gamma must fall by more than ${leastFall}: ${JSON.stringify(shape)}`);
  return schedule;
}
