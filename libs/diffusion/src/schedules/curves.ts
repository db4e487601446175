import { clipped, leastFall } from './schedule.js';
import type { Schedule } from './schedule.js';

/** Schedules that are a section of a falling curve, rescaled to run from 1 to 0: gamma(0) = 1, gamma(1) = clipMin. */

/** The section of a curve that a schedule uses, start < end. Chen 2023, Alg. 1. */
export interface CurveSection {
  start: number;
  end: number;
  tau: number;
  clipMin: number;
}

/** A falling curve u -> value and its inverse. */
interface Curve {
  value(u: number): number;
  u(value: number): number;
  /** value(u) - value(u + width) without the digits that this difference loses; width >= 0. */
  drop(u: number, width: number): number;
  /** d value/du. */
  slope(u: number): number;
}

/** gamma(t) = 1 - t. Chen 2023, Alg. 1. */
export function linear({ clipMin }: { clipMin: number }): Schedule {
  const line: Curve = { value: (u) => 1 - u, u: (value) => 1 - value, drop: (_u, width) => width, slope: () => -1 };
  return alongCurve(line, { start: 0, end: 1, clipMin });
}

/** cos(u pi/2)^(2 tau) between u = start and u = end, both in [0, 1]. Chen 2023, Alg. 1. */
export function cosine(section: CurveSection): Schedule {
  const power = 2 * section.tau;
  const quarter = Math.PI / 2;
  const cos = (u: number) => Math.max(0, Math.cos((u * Math.PI) / 2));
  return alongCurve({
    value: (u) => cos(u) ** power,
    u: (value) => (Math.acos(Math.min(1, value ** (1 / power))) * 2) / Math.PI,
    drop: (u, width) => {
      const here = cos(u);
      if (here === 0) return 0;
      const fall = 2 * Math.sin((u + width / 2) * quarter) * Math.sin((width / 2) * quarter);
      return -(here ** power) * Math.expm1(power * Math.log1p(Math.max(-1, -fall / here)));
    },
    slope: (u) => -power * quarter * Math.sin(u * quarter) * cos(u) ** (power - 1),
  }, section);
}

/**
 * The logistic curve between start and end. Chen 2023, Alg. 1.
 * Written with 1 - sigmoid(u/tau), the same by symmetry: it keeps all its digits where gamma is small.
 */
export function sigmoid(section: CurveSection): Schedule {
  const { tau } = section;
  const logistic = (u: number) => 1 / (1 + Math.exp(-u / tau));
  return alongCurve({
    value: (u) => 1 / (1 + Math.exp(u / tau)),
    u: (value) => tau * (Math.log1p(-value) - Math.log(value)),
    drop: (u, width) => -Math.expm1(-width / tau) * logistic(-u) * logistic(u + width),
    slope: (u) => (-logistic(u) * logistic(-u)) / tau,
  }, section);
}

/** -ln u between start and end, both > 0. Only in the released code of Chen 2023 (pix2seq, models/diffusion_utils.py). */
export function log(section: { start: number; end: number; clipMin: number }): Schedule {
  return alongCurve({
    value: (u) => -Math.log(u),
    u: (value) => Math.exp(-value),
    drop: (u, width) => Math.log1p(width / u),
    slope: (u) => -1 / u,
  }, section);
}

function alongCurve(curve: Curve, { start, end, clipMin }: Omit<CurveSection, 'tau'>): Schedule {
  const width = end - start;
  const top = curve.value(start);
  const bottom = curve.value(end);
  if (!(top - bottom > leastFall * Math.max(Math.abs(top), Math.abs(bottom)))) throw new RangeError(`the curve goes from ${top} at start ${start} to ${bottom} at end ${end}, which leaves no digits of gamma: take other ends, or another tau`);
  const signal = (t: number) => curve.drop(start + t * width, Math.max(0, 1 - t) * width);
  const noise = (t: number) => curve.drop(start, Math.max(0, t) * width);
  return clipped({
    gamma: (t) => (curve.value(start + t * width) - bottom) / (top - bottom),
    t: (gamma) => (curve.u(bottom + gamma * (top - bottom)) - start) / width,
    logSnr: (t) => Math.log(signal(t)) - Math.log(noise(t)),
    slope: (t) => width * curve.slope(start + t * width) * (1 / signal(t) + 1 / noise(t)),
  }, clipMin);
}
