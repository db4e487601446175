/**
 * One move of a walk from noise to image, y at sigma to y' at next < sigma, as float64 weights:
 * y' = y * move.y + D(y; sigma) * move.x0 + n * move.noise with fresh unit noise n.
 * With a correction, that y' is only predicted, and
 * y' = y * correction.y + D(y; sigma) * correction.x0 + D(predicted; next) * correction.x0Next instead.
 * Weights of y and of x0-hats sum to one, so that a denoiser that knows the image is believed exactly.
 */
export interface Move {
  y: number;
  x0: number;
  noise: number;
  correction?: Correction;
}

export interface Correction {
  y: number;
  x0: number;
  x0Next: number;
}

/** The rule of a sampler: its move between two levels, sigma > next >= 0. */
export type MoveRule = (sigma: number, next: number) => Move;

/** Euler's step on dy/dsigma = (y - D)/sigma. EDM, Alg. 1 without its correction. Equal to DDIM at eta 0. */
export function eulerMove(sigma: number, next: number): Move {
  return towards(sigma, next, 0);
}

/** Heun's second-order step; Euler's where next = 0. EDM, Alg. 1, solved for y, D and D'. */
export function heunMove(sigma: number, next: number): Move {
  const predicted = eulerMove(sigma, next);
  if (next === 0) return predicted;
  const kept = next / sigma;
  const x0Next = (1 - kept) / (2 * kept);
  return { ...predicted, correction: { y: kept, x0: 1 - kept - x0Next, x0Next } };
}

/** How a move from sigma to next divides: down without noise, then up with it; down^2 + up^2 = next^2. */
export function ancestralSplit(sigma: number, next: number, eta: number): { down: number; up: number } {
  const up = Math.min(next, eta * (next / sigma) * Math.sqrt(sigma ** 2 - next ** 2));
  return { down: Math.sqrt(next ** 2 - up ** 2), up };
}

/** DDIM with a share eta in [0, 1] of fresh noise. Song et al. 2021, eq. 12 and 16, in sigma; eta 1 is DDPM with the small variance. */
export function ddimMove(sigma: number, next: number, eta: number): Move {
  const { down, up } = ancestralSplit(sigma, next, eta);
  return towards(sigma, down, up);
}

export interface DdpmOptions {
  /** small: the variance of q(x_s | x_t, x0); large: that of q(x_t | x_s), beta. Ho et al. 2020, sec. 3.2. */
  variance: 'small' | 'large';
  /** Input scale; only the large variance depends on it. */
  b: number;
}

/** DDPM: the mean of q(x_s | x_t, x0-hat), and noise of one of the two variances; none on the move to 0. Ho et al. 2020, Alg. 2. */
export function ddpmMove(sigma: number, next: number, { variance, b }: DdpmOptions): Move {
  const { down, up } = ancestralSplit(sigma, next, 1);
  const large = Math.sqrt(sigma ** 2 - next ** 2) * (Math.hypot(next, 1 / b) / Math.hypot(sigma, 1 / b));
  return towards(sigma, down, variance === 'large' && next > 0 ? large : up);
}

function towards(sigma: number, down: number, up: number): Move {
  return { y: down / sigma, x0: 1 - down / sigma, noise: up };
}
