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

function alongLogSnr(curve: LogSnrCurve, clipMin: number): Schedule {
  return clipped({
    ...curve,
    gamma: (t) => gammaOfLogSnr(curve.logSnr(t), 1),
    t: (gamma) => curve.t(logSnrOf(gamma, 1)),
  }, clipMin);
}
