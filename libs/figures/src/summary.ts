import { gammaOf } from '@elucidate/diffusion/levels';
import { covers, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { logSnrOfSigma } from '@elucidate/diffusion/levels';
import type { Law, Walk } from './parts.js';

/** What a training learns from, in numbers. */
export interface LawSummary {
  label: string;
  sigmaMin: number;
  sigmaMax: number;
  /** Half of its draws have less. On a schedule: over t uniform on (0, 1). */
  medianLogSnr: number;
  /** P(log SNR < 0), the share of draws with more noise than signal (sigma > 1, data of unit variance). */
  shareBelowZero: number;
}

/** What a walk visits, in numbers. */
export interface WalkSummary {
  label: string;
  steps: number;
  sigmaMax: number | null;
  /** Where its last step starts. */
  sigmaMin: number | null;
  /** Fewest and most levels outside what a training learnt from, over the trainings it is walked with. */
  levelsOutside: { least: number; most: number };
  problem?: string;
}

/** P(sigma > 1): the quantile function, inverted by halving. */
function shareAboveOne({ quantile }: NoiseLevels): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (quantile(middle) < 1) low = middle;
    else high = middle;
  }
  return 1 - high;
}

export function lawSummary({ label, levels, onSchedule }: Law): LawSummary {
  const range = { label, ...levels.range };
  if (onSchedule === undefined) return { ...range, medianLogSnr: logSnrOfSigma(levels.quantile(0.5)), shareBelowZero: shareAboveOne(levels) };
  const { schedule, b } = onSchedule;
  return { ...range, medianLogSnr: schedule.logSnr(0.5) + 2 * Math.log(b), shareBelowZero: 1 - schedule.t(gammaOf(1, b)) };
}

export function walkSummary({ label, steps, sigmas, problem, laws }: Walk): WalkSummary {
  const outside = laws.map(({ levels }) => sigmas.filter((sigma) => !covers(levels.range, sigma)).length);
  return {
    label, steps,
    sigmaMax: sigmas[0] ?? null,
    sigmaMin: sigmas.at(-1) ?? null,
    levelsOutside: { least: Math.min(...outside), most: Math.max(...outside) },
    ...(problem !== undefined && { problem }),
  };
}
