import { moveTo, noiseOf } from '../moves.js';
import type { Mix, Move, Plan } from '../moves.js';
import { eulerMove } from './euler.js';

/** One move in ln sigma. */
interface Stretch {
  sigma: number;
  next: number;
  eta: number;
  /** ln(sigma/next), and the same of up to two moves before, the latest first. */
  h: number;
  before: readonly number[];
}

/** Weights of x0-hats added to the first-order move: this move's and those before; they sum to zero. */
type Correction = (stretch: Stretch) => readonly number[];

/**
 * DPM-Solver++(2M) for the SDE: x0-hat drawn on in ln sigma from the last two. Lu et al. 2022 (arXiv 2211.01095);
 * k-diffusion's dpmpp_2m_sde. With 'midpoint' and eta 0 it is dpmpp-2m.
 */
export function dpmpp2mSde({ eta, solver }: { eta: number; solver: 'midpoint' | 'heun' }): Plan {
  return multistep(eta, 1, (stretch) => slopeOnce(stretch, solver === 'heun' ? phi2(stretch) : away(stretch) / 2));
}

/**
 * DPM-Solver++(3M) for the SDE: x0-hat's parabola in ln sigma through the last three, its line through two on the second move.
 * k-diffusion's dpmpp_3m_sde, which gives the parabola's bend half the weight of its integral; the walks known under this
 * name have it so, and so has this one. Its order at eta 0 is therefore 2; the whole weight would make it 3.
 */
export function dpmpp3mSde({ eta }: { eta: number }): Plan {
  return multistep(eta, 2, (stretch) => (stretch.before.length < 2 ? slopeOnce(stretch, phi2(stretch)) : parabola(stretch)));
}

function multistep(eta: number, memory: number, correction: Correction): Plan {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (next === 0) return eulerMove(sigma, next);
    const steps = sigmas.slice(Math.max(0, i - memory), i + 1).map((level, k, levels) => Math.log(level / (levels[k + 1] ?? next))).reverse();
    const [h, ...before] = steps;
    return stochasticMove({ sigma, next, eta, h: h!, before }, correction);
  });
}

/** The exact move of the SDE for an x0-hat that does not change, and what the correction adds. */
function stochasticMove(stretch: Stretch, correction: Correction): Move {
  const { sigma, next, eta, h, before } = stretch;
  const [now, ...past] = before.length === 0 ? [0] : correction(stretch);
  const end: Mix = {
    y: (next / sigma) ** (1 + eta),
    x0: [away(stretch) + now!],
    past: past.map((x0) => ({ y: 0, x0 })),
    ...noiseOf(next * Math.sqrt(-Math.expm1(-2 * eta * h))),
  };
  return moveTo(sigma, end);
}

/** 1 - exp(-(1 + eta) h): how far the move goes from y to x0-hat. */
function away({ eta, h }: Stretch): number {
  return -Math.expm1(-(1 + eta) * h);
}

/** The weight of x0-hat's change in a time h: the integral of its slope over the move, exponentially weighted, by h. */
function phi2(stretch: Stretch): number {
  return 1 - away(stretch) / ((1 + stretch.eta) * stretch.h);
}

/** x0-hat's slope from the move before, times a weight. */
function slopeOnce({ h, before }: Stretch, weight: number): number[] {
  const each = (weight * h) / before[0]!;
  return [each, -each];
}

function parabola(stretch: Stretch): number[] {
  const [r0, r1] = stretch.before.map((step) => step / stretch.h) as [number, number];
  const first = [1 / r0, -1 / r0, 0];
  const second = [0, 1 / r1, -1 / r1];
  const bend = first.map((weight, i) => (weight - second[i]!) / (r0 + r1));
  const phi = phi2(stretch);
  // the integral of the bend would be 2 phi3
  const phi3 = phi / ((1 + stretch.eta) * stretch.h) - 0.5;
  return first.map((weight, i) => phi * (weight + bend[i]! * r0) - phi3 * bend[i]!);
}
