/** The variance-preserving process: ln(1 + sigma^2) = betaD t^2/2 + betaMin t. Song et al. 2021; EDM, Table 1, column VP. */
export interface VpProcess {
  betaD: number;
  betaMin: number;
}

/** B(t) = ln(1 + sigma^2), which is -ln gamma at input scale 1. */
export function vpLogVariance({ betaD, betaMin }: VpProcess, t: number): number {
  return (betaD * t * t) / 2 + betaMin * t;
}

/** B'(t). */
export function vpRate({ betaD, betaMin }: VpProcess, t: number): number {
  return betaD * t + betaMin;
}

/** The t with B(t) = logVariance, without the cancellation of the textbook root. */
export function vpTimeOfLogVariance({ betaD, betaMin }: VpProcess, logVariance: number): number {
  return (2 * logVariance) / (Math.sqrt(betaMin ** 2 + 2 * betaD * logVariance) + betaMin);
}

/** sigma(t). */
export function vpSigma(process: VpProcess, t: number): number {
  return Math.sqrt(Math.expm1(vpLogVariance(process, t)));
}

/** d ln sigma/dt at a level sigma > 0: from sigma^2 + 1 = exp(B(t)), 2 sigma sigma' = B' (sigma^2 + 1). */
export function vpSigmaRate(process: VpProcess, sigma: number): number {
  return (vpRate(process, vpTime(process, sigma)) * (sigma ** 2 + 1)) / (2 * sigma ** 2);
}

/** sigma^-1: the t at which the process has noise level sigma. */
export function vpTime(process: VpProcess, sigma: number): number {
  return vpTimeOfLogVariance(process, Math.log1p(sigma ** 2));
}
