import { guides } from '@elucidate/diffusion/guidance-interval';
import { gammaOf } from '@elucidate/diffusion/levels';
import { covers, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { logSnrOfSigma } from '@elucidate/diffusion/levels';
import type { Distribution, SamplingRun } from './parts.js';

/** The noise levels of a training run, in numbers. */
export interface NoiseDistributionSummary {
  label: string;
  sigmaMin: number;
  sigmaMax: number;
  /** The median: half of the draws are lower. On a schedule: over t uniform on (0, 1). */
  medianLogSnr: number;
  /** P(log SNR < 0), the fraction of draws with more noise than signal (sigma > 1, unit-variance data). */
  fractionBelowZero: number;
}

/** The levels that a sampling run visits, in numbers. */
export interface SamplingSummary {
  label: string;
  steps: number;
  sigmaMax: number | null;
  /** Where its last step starts. */
  sigmaMin: number | null;
  /** Where each step starts. */
  sigmas: readonly number[];
  /** Minimum and maximum number of out-of-range noise levels, over the training runs that it samples. */
  levelsOutside: { least: number; most: number };
  /** For each guidance, the number of levels inside its interval. */
  guided: readonly { label: string; levels: number }[];
  problem?: string;
  /** What else to know of its levels. */
  note?: string;
}

/** P(sigma > 1): the quantile function, inverted by bisection. */
function fractionAboveOne({ quantile }: NoiseLevels): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (quantile(middle) < 1) low = middle;
    else high = middle;
  }
  return 1 - high;
}

export function noiseDistributionSummary({ label, levels, onSchedule }: Distribution): NoiseDistributionSummary {
  const range = { label, ...levels.range };
  if (onSchedule === undefined) return { ...range, medianLogSnr: logSnrOfSigma(levels.quantile(0.5)), fractionBelowZero: fractionAboveOne(levels) };
  const { schedule, b } = onSchedule;
  return { ...range, medianLogSnr: schedule.logSnr(0.5) + 2 * Math.log(b), fractionBelowZero: 1 - schedule.t(gammaOf(1, b)) };
}

export function samplingSummary({ label, steps, sigmas, problem, note, distributions, guidances }: SamplingRun): SamplingSummary {
  const outside = distributions.map(({ levels }) => sigmas.filter((sigma) => !covers(levels.range, sigma)).length);
  return {
    label, steps,
    sigmaMax: sigmas[0] ?? null,
    sigmaMin: sigmas.at(-1) ?? null,
    sigmas,
    levelsOutside: { least: Math.min(...outside), most: Math.max(...outside) },
    guided: guidances.map(({ label: name, guidance }) => ({ label: name, levels: sigmas.filter((sigma) => guides(guidance, sigma)).length })),
    ...(problem !== undefined && { problem }),
    ...(note !== undefined && { note }),
  };
}
