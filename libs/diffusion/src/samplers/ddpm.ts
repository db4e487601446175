import { ancestralSplit, eachStep, stepTo, towards } from '../tableau.js';
import type { Tableau } from '../tableau.js';

export interface DdpmOptions {
  /** small: the variance of q(x_s | x_t, x0); large: that of q(x_t | x_s), beta. Ho et al. 2020, sec. 3.2. */
  variance: 'small' | 'large';
  /** Input scale; only the large variance depends on it. */
  b: number;
}

/** DDPM: the mean of q(x_s | x_t, x0-hat), and noise of one of the two variances; none on the step to 0. Ho et al. 2020, Alg. 2. */
export function ddpm({ variance, b }: DdpmOptions): Tableau {
  return eachStep((sigma, next) => {
    const { down, up } = ancestralSplit(sigma, next, 1);
    const large = Math.sqrt(sigma ** 2 - next ** 2) * (Math.hypot(next, 1 / b) / Math.hypot(sigma, 1 / b));
    return stepTo(sigma, towards(sigma, down, variance === 'large' && next > 0 ? large : up));
  });
}
