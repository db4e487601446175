import { stepTo, noiseOf } from '../tableau.js';
import type { Combination, Step, Tableau } from '../tableau.js';
import type { FreshNoise } from './ancestral.js';
import { eulerStep } from './euler.js';

/** One step in ln sigma. */
interface LogStep {
  sigma: number;
  next: number;
  eta: number;
  sNoise: number;
  /** ln(sigma/next) of this step, and of up to two previous steps, latest first. */
  h: number;
  before: readonly number[];
}

/** Weights added to the first-order step, for this step's x0-hat and the previous ones; they sum to zero. */
type Correction = (step: LogStep) => readonly number[];

/**
 * DPM-Solver++(2M) for the SDE: x0-hat extrapolated in ln sigma from the last two. Lu et al. 2022 (arXiv 2211.01095);
 * k-diffusion's dpmpp_2m_sde. With 'midpoint' and eta 0 it is dpmpp-2m.
 */
export function dpmpp2mSde({ solver, ...fresh }: { solver: 'midpoint' | 'heun' } & FreshNoise): Tableau {
  return multistep(fresh, 1, (step) => slopeOnce(step, solver === 'heun' ? phi2(step) : away(step) / 2));
}

/**
 * DPM-Solver++(3M) for the SDE: extrapolates x0-hat in ln sigma by a parabola through the last three, or by a line through two on the second step.
 * k-diffusion's dpmpp_3m_sde, which gives the parabola's second difference half the weight of its integral. The sampler known
 * by this name is defined that way, and so is this one. Its order at eta 0 is therefore 2; the full weight would make it 3.
 */
export function dpmpp3mSde(fresh: FreshNoise): Tableau {
  return multistep(fresh, 2, (step) => (step.before.length < 2 ? slopeOnce(step, phi2(step)) : parabola(step)));
}

function multistep({ eta, sNoise = 1 }: FreshNoise, memory: number, correction: Correction): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (next === 0) return eulerStep(sigma, next);
    const widths = sigmas.slice(Math.max(0, i - memory), i + 1).map((level, k, levels) => Math.log(level / (levels[k + 1] ?? next))).reverse();
    const [h, ...before] = widths;
    return stochasticStep({ sigma, next, eta, sNoise, h: h!, before }, correction);
  });
}

/** The exact step of the SDE for a constant x0-hat, plus the correction. */
function stochasticStep(step: LogStep, correction: Correction): Step {
  const { sigma, next, eta, sNoise, h, before } = step;
  const [now, ...past] = before.length === 0 ? [0] : correction(step);
  const end: Combination = {
    y: (next / sigma) ** (1 + eta),
    x0: [away(step) + now!],
    past: past.map((x0) => ({ y: 0, x0 })),
    ...noiseOf(sNoise * next * Math.sqrt(-Math.expm1(-2 * eta * h))),
  };
  return stepTo(sigma, end);
}

/** 1 - exp(-(1 + eta) h): the fraction of the way from y to x0-hat that the step goes. */
function away({ eta, h }: LogStep): number {
  return -Math.expm1(-(1 + eta) * h);
}

/** The weight of the change of x0-hat over a time h: the exponentially weighted integral of its slope over the step, divided by h. */
function phi2(step: LogStep): number {
  return 1 - away(step) / ((1 + step.eta) * step.h);
}

/** The slope of x0-hat since the previous step, times a weight. */
function slopeOnce({ h, before }: LogStep, weight: number): number[] {
  const each = (weight * h) / before[0]!;
  return [each, -each];
}

function parabola(step: LogStep): number[] {
  const [r0, r1] = step.before.map((width) => width / step.h) as [number, number];
  const first = [1 / r0, -1 / r0, 0];
  const second = [0, 1 / r1, -1 / r1];
  const bend = first.map((weight, i) => (weight - second[i]!) / (r0 + r1));
  const phi = phi2(step);
  // the integral of the second-order term would be 2 phi3
  const phi3 = phi / ((1 + step.eta) * step.h) - 0.5;
  return first.map((weight, i) => phi * (weight + bend[i]! * r0) - phi3 * bend[i]!);
}
