/** How strongly a denoiser is guided, and at which levels. */
export interface Guidance {
  /** w; 1 is no guidance, at no extra cost. */
  scale: number;
  /** Guided where sigma is in (sigmaLow, sigmaHigh]. Kynkaanniemi et al. 2024. */
  sigmaLow: number;
  /** Absent: no upper end. */
  sigmaHigh?: number | undefined;
}

/** Whether the guide is evaluated at this level. */
export function guides({ scale, sigmaLow, sigmaHigh = Infinity }: Guidance, sigma: number): boolean {
  return scale !== 1 && sigmaLow < sigma && sigma <= sigmaHigh;
}
