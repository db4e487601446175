/** Share of the peak that a plan starts from. */
const startShare = 1 / 25;

/**
 * One-cycle learning rate at `progress` in [0, 1]: a straight warm-up from peak/25 to `peak`, then a half cosine to 0 at the very end.
 * After Smith & Topin 2018, "Super-Convergence", with a cosine for its second leg.
 */
export function oneCycle(progress: number, { peak, warmUp = 0.1 }: { peak: number; warmUp?: number }): number {
  if (progress < warmUp) return peak * (startShare + (1 - startShare) * (progress / warmUp));
  return (peak * (1 + Math.cos((Math.PI * (progress - warmUp)) / (1 - warmUp)))) / 2;
}
