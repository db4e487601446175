/**
 * One noise level under its three names. With a = sqrt(gamma), q = sqrt(1 - gamma) and input scale b,
 * x_t = a b x0 + q eps, and y = x_t / (a b) = x0 + sigma eps.
 */

/** The smallest normal float32 and the largest: tensors hold levels as these. */
export const [leastFloat32, mostFloat32] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127] as const;

/** Noise standard deviation after dividing by the signal: sqrt((1 - gamma)/gamma)/b. 0 at gamma = 1. */
export function sigmaOf(gamma: number, b: number): number {
  return Math.sqrt((1 - gamma) / gamma) / b;
}

/** Signal power of a noise level: 1/(1 + b^2 sigma^2). Inverse of sigmaOf. */
export function gammaOf(sigma: number, b: number): number {
  return 1 / (1 + (b * sigma) ** 2);
}

/**
 * ln gamma - ln(1 - gamma) + 2 ln b, for unit-variance data.
 * (Chen 2023 says that scale b shifts it by "log b"; algebra and the paper's Fig. 5 give 2 ln b.)
 * Near gamma = 1 it loses the digits that 1 - gamma loses; a schedule's own `logSnr` keeps them.
 */
export function logSnrOf(gamma: number, b: number): number {
  return Math.log(gamma) - Math.log1p(-gamma) + 2 * Math.log(b);
}

/** Inverse of logSnrOf. At b = 1 the noise power, 1 - gamma, is gammaOfLogSnr(-logSnr, 1), with all its digits. */
export function gammaOfLogSnr(logSnr: number, b: number): number {
  return gammaOf(sigmaOfLogSnr(logSnr), b);
}

/** exp(-logSnr/2), at any input scale. */
export function sigmaOfLogSnr(logSnr: number): number {
  return Math.exp(-logSnr / 2);
}

/** -2 ln sigma, at any input scale. */
export function logSnrOfSigma(sigma: number): number {
  return -2 * Math.log(sigma);
}
