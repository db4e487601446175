import { clipped } from './schedule.js';
import { vpLogVariance, vpRate, vpTimeOfLogVariance } from '../vp-process.js';
import type { VpProcess } from '../vp-process.js';
import type { Schedule } from './schedule.js';

/** Schedules whose signal decays at a given rate: gamma = exp(-decay(t)), decay(0) = 0. gamma(0) = 1; gamma(1) = exp(-decay(1)) if clipMin is below that. */

interface Decay {
  decay(t: number): number;
  t(decay: number): number;
  /** d decay/dt. */
  rate(t: number): number;
}

/** The variance-preserving SDE: decay = betaD t^2/2 + betaMin t. With 19.9 and 0.1, gamma(1) is 4.3e-5. Song et al. 2021; EDM, Table 1. */
export function vp({ clipMin, ...process }: VpProcess & { clipMin: number }): Schedule {
  return alongDecay({
    decay: (t) => vpLogVariance(process, t),
    t: (decay) => vpTimeOfLogVariance(process, decay),
    rate: (t) => vpRate(process, t),
  }, clipMin);
}

export interface BetaLinearShape {
  betaMin: number;
  betaMax: number;
  /** T, the number of levels of the discrete process. */
  steps: number;
  clipMin: number;
}

/**
 * DDPM's discrete process made continuous: gamma(j/T) is alphaBar_j, the product of 1 - beta_i, i = 1..j; between levels ln gamma is linear in t.
 * With 1e-4, 0.02 and 1000, gamma(1) is 4.0e-5. `slope` at a level is that of the segment above it. Ho et al. 2020, sec. 4.
 */
export function betaLinear({ betaMin, betaMax, steps, clipMin }: BetaLinearShape): Schedule {
  const decays = new Float64Array(steps + 1);
  for (let i = 1; i <= steps; i++) decays[i] = decays[i - 1]! + stepDecay(betaMin + ((betaMax - betaMin) * (i - 1)) / (steps - 1));
  const segmentAt = (t: number) => Math.min(steps - 1, Math.max(0, Math.floor(t * steps)));
  const width = (j: number) => decays[j + 1]! - decays[j]!;
  return alongDecay({
    decay: (t) => {
      const j = segmentAt(t);
      return decays[j]! + (t * steps - j) * width(j);
    },
    t: (decay) => {
      const j = segmentBelow(decays, decay);
      return (j + (decay - decays[j]!) / width(j)) / steps;
    },
    rate: (t) => steps * width(segmentAt(t)),
  }, clipMin);
}

/** -ln(1 - beta); beta = 1, which leaves no signal at all, becomes the largest number below 1, so that arithmetic stays finite. */
function stepDecay(beta: number): number {
  return -Math.log1p(-Math.min(beta, 1 - Number.EPSILON / 2));
}

/** The last j with levels[j] <= value in a rising array; never the index of its last element. */
function segmentBelow(levels: Float64Array, value: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (levels[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

function alongDecay({ decay, t, rate }: Decay, clipMin: number): Schedule {
  return clipped({
    gamma: (time) => Math.exp(-decay(time)),
    t: (gamma) => t(-Math.log(gamma)),
    logSnr: (time) => -decay(time) - Math.log(-Math.expm1(-decay(time))),
    slope: (time) => rate(time) / Math.expm1(-decay(time)),
  }, clipMin);
}
