/**
 * A walk as data. Every sampler here is linear in what it knows: a point it asks the denoiser about, and the image it
 * moves to, are sums of the state, x0-hats and fresh noise. The weights follow from the levels alone, in float64, so a
 * sampler is a function from levels to moves, and the same moves carry out on tensors, numbers or whole laws.
 */

/** A point as weights of what is known in a move. Weights of y, of x0-hats and of the past sum to one: a denoiser that knows the image is then believed exactly. */
export interface Mix {
  /** Of the state at the move's start. */
  y: number;
  /** Of this move's x0-hats, in the order of asking. */
  x0?: readonly number[];
  /** Of the moves before, the latest first. */
  past?: readonly Past[];
  /** Of the noise as the network sees it at the first point asked: (y - x0-hat)/sigma before any clamp of x0-hat. */
  eps?: number;
  /** Of this move's fresh unit noises. */
  noise?: readonly number[];
}

/** Weights of a move's start: its state and its first x0-hat. */
export interface Past {
  y: number;
  x0: number;
}

/** A question to the denoiser: what is x0 at this point, noise level sigma > 0? */
export interface Ask {
  at: Mix;
  sigma: number;
}

/** One move between two levels: at least one question, then the state at the next level. */
export interface Move {
  asks: readonly [Ask, ...Ask[]];
  end: Mix;
}

/** The moves of a sampler over falling levels, the last 0: one between each two. */
export type Plan = (sigmas: readonly number[]) => Move[];

/** A move that knows its own two levels alone, sigma > next >= 0, and how many the walk has. */
export type MoveRule = (sigma: number, next: number, steps: number) => Move;

/** The plan that makes this move between each two levels. */
export function eachMove(rule: MoveRule): Plan {
  return (sigmas) => sigmas.slice(1).map((next, i) => rule(sigmas[i]!, next, sigmas.length - 1));
}

/** The state itself. */
export const here: Mix = { y: 1 };

/** A move that asks once, at its start. */
export function moveTo(sigma: number, end: Mix): Move {
  return { asks: [{ at: here, sigma }], end };
}

/** y at a level `down` on the straight line from y at sigma to x0-hat: Euler's step on dy/dsigma = (y - D)/sigma, and fresh noise `up`. */
export function towards(sigma: number, down: number, up = 0): Mix & { x0: readonly number[] } {
  return { y: down / sigma, x0: [1 - down / sigma], ...noiseOf(up) };
}

/** One fresh noise of a weight; none is drawn for 0. */
export function noiseOf(weight: number): Pick<Mix, 'noise'> {
  return weight === 0 ? {} : { noise: [weight] };
}

/** How a move from sigma to next divides: down without noise, then up with it; down^2 + up^2 = next^2. */
export function ancestralSplit(sigma: number, next: number, eta: number): { down: number; up: number } {
  const up = Math.min(next, eta * (next / sigma) * Math.sqrt(sigma ** 2 - next ** 2));
  return { down: Math.sqrt(next ** 2 - up ** 2), up };
}

/** How many moves back a plan looks. */
export function memoryOf(moves: readonly Move[]): number {
  return Math.max(0, ...moves.flatMap(mixesOf).map(({ past }) => past?.length ?? 0));
}

/** Fresh noises that a move draws. */
export function drawsOf(move: Move): number {
  return Math.max(0, ...mixesOf(move).map(({ noise }) => noise?.length ?? 0));
}

/** Denoiser calls of a plan. */
export function callsOf(moves: readonly Move[]): number {
  return moves.reduce((sum, { asks }) => sum + asks.length, 0);
}

function mixesOf({ asks, end }: Move): Mix[] {
  return [...asks.map(({ at }) => at), end];
}
