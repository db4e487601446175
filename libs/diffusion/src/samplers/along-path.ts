import type { SamplingPath } from '../sampling-path.js';
import { here, stepTo } from '../tableau.js';
import type { Combination, Step, StepRule } from '../tableau.js';

/**
 * EDM's solvers in the time t of a path sigma(t), s(t) (EDM's code, generate.py: --schedule and --scaling). The state here is y = x/s,
 * in which an Euler step over h = t' - t,  x' = x + h [(sigma'/sigma + s'/s) x - (sigma'/sigma) s D],  is linear in y and D again:
 * y' = (s/s') {[1 + h (sigma'/sigma + s'/s)] y - h (sigma'/sigma) D}.
 * With sigma = t and s = 1 these are the solvers in sigma of euler.ts and second-order.ts.
 */

/** The point of a path at one noise level. */
interface Point {
  t: number;
  sigma: number;
  scale: number;
}

function pointAt(path: SamplingPath, sigma: number): Point {
  return { t: sigma === 0 ? 0 : path.time(sigma), sigma, scale: path.scale(sigma) };
}

/** The slope dx/dt at a point, in units of its own scale, as weights of y and D. */
function slopeAt(path: SamplingPath, sigma: number): { y: number; x0: number } {
  const rate = path.rate(sigma);
  return { y: rate * (1 + path.slope(sigma)), x0: -rate };
}

/** Euler's step from one point to another. */
function eulerTo(path: SamplingPath, from: Point, to: Point): Combination & { x0: readonly [number] } {
  const [h, ratio] = [to.t - from.t, from.scale / to.scale];
  const slope = slopeAt(path, from.sigma);
  return { y: ratio * (1 + h * slope.y), x0: [ratio * h * slope.x0] };
}

/** Euler's step in t. */
export function eulerAlong(path: SamplingPath): StepRule {
  return (sigma, next) => stepTo(sigma, eulerTo(path, pointAt(path, sigma), pointAt(path, next)));
}

/** The second-order step in t with its second evaluation at t + alpha h: 1/2 midpoint, 2/3 Ralston, 1 Heun; Euler's step if next = 0. EDM, Alg. 3. */
export function secondOrderAlong(path: SamplingPath, alpha: number): StepRule {
  return (sigma, next) => (next === 0 ? eulerAlong(path)(sigma, next, 1) : secondOrderStep(path, { sigma, next, alpha }));
}

function secondOrderStep(path: SamplingPath, { sigma, next, alpha }: { sigma: number; next: number; alpha: number }): Step {
  const [from, to] = [pointAt(path, sigma), pointAt(path, next)];
  const [h, t] = [to.t - from.t, from.t + alpha * (to.t - from.t)];
  if (!(t > 0)) throw new RangeError(`second-order with alpha ${alpha} evaluates at time ${t} on its step from sigma ${sigma} to ${next}; take a smaller alpha, or levels closer together`);
  const probe = alpha === 1 ? to : { t, sigma: path.sigma(t), scale: path.scale(path.sigma(t)) };
  const at = eulerTo(path, from, probe);
  const [first, second] = [slopeAt(path, from.sigma), slopeAt(path, probe.sigma)];
  const weight = 1 / (2 * alpha);
  // (1 - weight) of the slope at the start, and weight of the slope at the probe, where y is `at`
  const [byFirst, bySecond] = [((1 - weight) * h * from.scale) / to.scale, (weight * h * probe.scale) / to.scale];
  return {
    evaluations: [{ at: here, sigma }, { at, sigma: probe.sigma }],
    end: {
      y: from.scale / to.scale + byFirst * first.y + bySecond * second.y * at.y,
      x0: [byFirst * first.x0 + bySecond * second.y * at.x0[0], bySecond * second.x0],
    },
  };
}
