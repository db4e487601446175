/**
 * A sampler as data, like a Butcher tableau: the weights of every step it takes. The points where it evaluates the denoiser, and the
 * state that a step ends in, are linear combinations of known vectors: the state, x0-hats, earlier steps and fresh noise. The weights
 * depend only on the noise levels and are float64. So a sampler is a function from levels to steps, and the same steps can be
 * executed on image tensors, on single numbers, or on whole Gaussian distributions (see StepOps).
 */

/** A linear combination of the vectors known within a step. The weights of y, of x0-hats and of the past sum to one: if the denoiser knows the image, the step is exact. */
export interface Combination {
  /** Weight of the state at the start of the step. */
  y: number;
  /** Weights of this step's x0-hats, in the order of its evaluations. */
  x0?: readonly number[];
  /** Weights of the earlier steps, latest first. */
  past?: readonly PastWeights[];
  /** Weight of the noise as the network sees it at the first evaluation: (y - x0-hat)/sigma before any clamp of x0-hat. */
  eps?: number;
  /** Weights of this step's fresh unit noises. */
  noise?: readonly number[];
}

/** Weights of the start of an earlier step: its state and its first x0-hat. */
export interface PastWeights {
  y: number;
  x0: number;
}

/** One x0-hat of a step: the denoiser's at a point, noise level sigma > 0. */
export interface Evaluation {
  at: Combination;
  sigma: number;
  /** x0-hat as a combination, if the denoiser need not be called: of earlier steps' x0-hats, or a closed form. */
  x0Hat?: Combination;
}

/** One step between two levels: at least one x0-hat, then the state at the next level. */
export interface Step {
  evaluations: readonly [Evaluation, ...Evaluation[]];
  end: Combination;
}

/** The steps of a sampler over falling levels, the last 0: one between each pair of neighbours. */
export type Tableau = (sigmas: readonly number[]) => Step[];

/** A step that depends only on its own two levels, sigma > next >= 0, and on the number of steps. */
export type StepRule = (sigma: number, next: number, steps: number) => Step;

/** The tableau that applies one rule between each pair of neighbouring levels. */
export function eachStep(rule: StepRule): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => rule(sigmas[i]!, next, sigmas.length - 1));
}

/** The state itself. */
export const here: Combination = { y: 1 };

/** A step with one evaluation, at its start. */
export function stepTo(sigma: number, end: Combination): Step {
  return { evaluations: [{ at: here, sigma }], end };
}

/** y at a level `down` on the straight line from y at sigma to x0-hat: Euler's step on dy/dsigma = (y - D)/sigma, and fresh noise `up`. */
export function towards(sigma: number, down: number, up = 0): Combination & { x0: readonly number[] } {
  return { y: down / sigma, x0: [1 - down / sigma], ...noiseOf(up) };
}

/** One fresh noise with this weight; none is drawn for 0. */
export function noiseOf(weight: number): Pick<Combination, 'noise'> {
  return weight === 0 ? {} : { noise: [weight] };
}

/** How a step from sigma to next is split: down without noise, then up with it; down^2 + up^2 = next^2. */
export function ancestralSplit(sigma: number, next: number, eta: number): { down: number; up: number } {
  const up = Math.min(next, eta * (next / sigma) * Math.sqrt(sigma ** 2 - next ** 2));
  return { down: Math.sqrt(next ** 2 - up ** 2), up };
}

/** How many steps back a sampler looks. */
export function memoryOf(steps: readonly Step[]): number {
  return Math.max(0, ...steps.flatMap(combinationsOf).map(({ past }) => past?.length ?? 0));
}

/** Fresh noises that a step draws. */
export function drawsOf(step: Step): number {
  return Math.max(0, ...combinationsOf(step).map(({ noise }) => noise?.length ?? 0));
}

/** Denoiser calls of all steps: the NFE. */
export function evaluationCount(steps: readonly Step[]): number {
  return steps.reduce((sum, { evaluations }) => sum + evaluations.filter(({ x0Hat }) => x0Hat === undefined).length, 0);
}

function combinationsOf({ evaluations, end }: Step): Combination[] {
  return [...evaluations.flatMap(({ at, x0Hat }) => (x0Hat === undefined ? [at] : [at, x0Hat])), end];
}
