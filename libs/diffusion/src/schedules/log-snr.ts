import { gammaOfLogSnr, logSnrOf } from '../levels.js';
import { normalCdf, normalDensity, probit } from '../normal-distribution.js';
import { clipped } from './schedule.js';
import type { Schedule } from './schedule.js';

/** Schedules defined by a formula for the log-SNR, at input scale 1. */

interface LogSnrCurve extends Pick<Schedule, 'logSnr' | 'slope'> {
  t(logSnr: number): number;
}

/** -2 ln tan(pi t/2) + 2 ln shift: cosine(0, 1, 1) seen at input scale `shift`. gamma(0) = 1, gamma(1) = clipMin. Hoogeboom et al. 2023. */
export function shiftedCosine({ shift, clipMin }: { shift: number; clipMin: number }): Schedule {
  return alongLogSnr({
    logSnr: (t) => 2 * (Math.log(shift) - Math.log(Math.tan((Math.PI * t) / 2))),
    t: (logSnr) => (Math.atan(shift * Math.exp(-logSnr / 2)) * 2) / Math.PI,
    slope: (t) => (-2 * Math.PI) / Math.sin(Math.PI * t),
  }, clipMin);
}

/**
 * cos(u pi/2)^2 with u = (t + 0.0002)/1.00025: it runs from 1 - 9.9e-8 to 6.2e-9 (or clipMin), both just inside [0, 1].
 * The `cosine` without parameters in the released code of Chen 2023 (pix2seq, models/diffusion_utils.py).
 */
export function cosineReleased({ clipMin }: { clipMin: number }): Schedule {
  const angle = (t: number) => (((t + 0.0002) / 1.00025) * Math.PI) / 2;
  return alongLogSnr({
    logSnr: (t) => -2 * Math.log(Math.tan(angle(t))),
    t: (logSnr) => (Math.atan(Math.exp(-logSnr / 2)) / (Math.PI / 2)) * 1.00025 - 0.0002,
    slope: (t) => (-2 * Math.PI) / 1.00025 / Math.sin(2 * angle(t)),
  }, clipMin);
}

/** Over uniform t the log-SNR has density exp(-|logSnr - mean|/scale)/(2 scale). gamma(0) = 1, gamma(1) = clipMin. Hang & Gu 2024. */
export function laplace({ mean, scale, clipMin }: { mean: number; scale: number; clipMin: number }): Schedule {
  return alongLogSnr({
    logSnr: (t) => (t < 0.5 ? mean - scale * Math.log(2 * t) : mean + scale * Math.log(2 * (1 - t))),
    t: (logSnr) => (logSnr > mean ? Math.exp((mean - logSnr) / scale) / 2 : 1 - Math.exp((logSnr - mean) / scale) / 2),
    slope: (t) => -scale / Math.min(t, 1 - t),
  }, clipMin);
}

/**
 * Over uniform t the flow time s = sigma/(1 + sigma) is logit-normal: logit s ~ N(mean, std^2), which gives ln sigma that same normal distribution.
 * gamma(0) = 1, gamma(1) = clipMin. Esser et al. 2024 (SD3), with sigma = s/(1 - s).
 */
export function logitNormal({ mean, std, clipMin }: { mean: number; std: number; clipMin: number }): Schedule {
  return alongLogSnr({
    logSnr: (t) => -2 * (mean + std * probit(t)),
    t: (logSnr) => normalCdf((-logSnr / 2 - mean) / std),
    slope: (t) => (-2 * std) / normalDensity(probit(t)),
  }, clipMin);
}

/** sigma = shift t/(1 - t): without a shift t is flow matching's own time, uniform. gamma(0) = 1, gamma(1) = clipMin. Lipman et al. 2023; the shift, which turns t into shift t/(1 + (shift - 1) t), Esser et al. 2024, sec. 5.3.2. */
export function flow({ shift, clipMin }: { shift: number; clipMin: number }): Schedule {
  return alongLogSnr({
    logSnr: (t) => 2 * (Math.log1p(-t) - Math.log(t) - Math.log(shift)),
    t: (logSnr) => 1 / (1 + shift * Math.exp(logSnr / 2)),
    slope: (t) => -2 / (t * (1 - t)),
  }, clipMin);
}

/**
 * The flow time is t + scale (t - sin(pi t/2)^2): over uniform t its middle is the more frequent the larger the scale, and its ends keep a density above 0. gamma(0) = 1,
 * gamma(1) = clipMin. Esser et al. 2024 (SD3), sec. 3.1, mode sampling with heavy tails, with their u = 1 - t. The scale is -1 to 2/(pi - 2).
 */
export function modeWeighted({ scale, clipMin }: { scale: number; clipMin: number }): Schedule {
  const flowTime = (t: number) => (1 + scale) * t - scale * Math.sin((Math.PI * t) / 2) ** 2;
  const rate = (t: number) => 1 + scale - ((scale * Math.PI) / 2) * Math.sin(Math.PI * t);
  const timeOf = (flow: number) => rootBelowHalf((t) => flowTime(t) - flow, rate);
  return alongLogSnr({
    // the flow time of 1 - t is 1 less that of t
    logSnr: (t) => 2 * (Math.log(flowTime(1 - t)) - Math.log(flowTime(t))),
    t: (logSnr) => (logSnr > 0 ? timeOf(1 / (1 + Math.exp(logSnr / 2))) : 1 - timeOf(1 / (1 + Math.exp(-logSnr / 2)))),
    slope: (t) => (-2 * rate(t)) / (flowTime(t) * flowTime(1 - t)),
  }, clipMin);
}

/** The root in [0, 1/2] of a function that rises there: Newton's steps, halving where one leaves what is left. */
function rootBelowHalf(f: (t: number) => number, rate: (t: number) => number): number {
  let [low, high] = [0, 0.5];
  let t = 0.25;
  for (let i = 0; i < 200; i++) {
    const value = f(t);
    if (value === 0) return t;
    if (value < 0) low = t;
    else high = t;
    const step = t - value / rate(t);
    const next = step > low && step < high ? step : (low + high) / 2;
    if (next === t || next === low || next === high) return next;
    t = next;
  }
  return t;
}

function alongLogSnr(curve: LogSnrCurve, clipMin: number): Schedule {
  return clipped({
    ...curve,
    gamma: (t) => gammaOfLogSnr(curve.logSnr(t), 1),
    t: (gamma) => curve.t(logSnrOf(gamma, 1)),
  }, clipMin);
}
