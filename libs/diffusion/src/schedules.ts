/** gamma(t), the signal power at diffusion time t (0 data, 1 noise), and its inverse; both float64. */
export interface Schedule {
  /** In [clipMin, 1]; gamma(0) = 1, gamma(1) = clipMin; falls with t. */
  gamma(t: number): number;
  /** The t in [0, 1] with gamma(t) = gamma; 1 at and below clipMin, 0 at and above 1. */
  t(gamma: number): number;
}

/** The stretch of a curve that a schedule uses. Chen 2023, Alg. 1. */
export interface Stretch {
  start: number;
  end: number;
  tau: number;
  clipMin: number;
}

/** A schedule as a spec words it. */
export type ScheduleShape =
  | { kind: 'linear'; clipMin: number }
  | ({ kind: 'cosine' } & Stretch)
  | ({ kind: 'sigmoid' } & Stretch);

/** A falling curve u -> value and its inverse. */
interface Curve {
  value(u: number): number;
  u(value: number): number;
}

/** gamma(t) = 1 - t. Chen 2023, Alg. 1. */
export function linear({ clipMin }: { clipMin: number }): Schedule {
  return alongCurve({ value: (u) => 1 - u, u: (value) => 1 - value }, { start: 0, end: 1, tau: 1, clipMin });
}

/** cos(u pi/2)^(2 tau) between u = start and u = end, both in [0, 1], brought to run from 1 to 0. Chen 2023, Alg. 1. */
export function cosine(stretch: Stretch): Schedule {
  const power = 2 * stretch.tau;
  return alongCurve({
    value: (u) => Math.max(0, Math.cos((u * Math.PI) / 2)) ** power,
    u: (value) => (Math.acos(Math.min(1, value ** (1 / power))) * 2) / Math.PI,
  }, stretch);
}

/**
 * The logistic curve between start and end, brought to run from 1 to 0. Chen 2023, Alg. 1.
 * Written with 1 - sigmoid(u/tau), the same by symmetry: it keeps all its digits where gamma is small.
 */
export function sigmoid(stretch: Stretch): Schedule {
  const { tau } = stretch;
  return alongCurve({
    value: (u) => 1 / (1 + Math.exp(u / tau)),
    u: (value) => tau * (Math.log1p(-value) - Math.log(value)),
  }, stretch);
}

const schedules: { readonly [K in ScheduleShape['kind']]: (shape: Extract<ScheduleShape, { kind: K }>) => Schedule } = { linear, cosine, sigmoid };

/** The schedule that a spec names. */
export function scheduleOf(shape: ScheduleShape): Schedule {
  return (schedules[shape.kind] as (shape: ScheduleShape) => Schedule)(shape);
}

function alongCurve(curve: Curve, { start, end, clipMin }: Stretch): Schedule {
  const top = curve.value(start);
  const bottom = curve.value(end);
  return {
    gamma: (t) => Math.min(1, Math.max(clipMin, (curve.value(start + t * (end - start)) - bottom) / (top - bottom))),
    t: (gamma) => {
      if (gamma >= 1) return 0;
      if (gamma <= clipMin) return 1;
      const t = (curve.u(bottom + gamma * (top - bottom)) - start) / (end - start);
      return Math.min(1, Math.max(0, t));
    },
  };
}
