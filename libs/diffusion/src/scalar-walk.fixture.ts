import type { MoveRule } from './moves.js';
import type { PointDenoiser } from './oracles.js';

/** The walk of `rule` on one number in float64, without its noise. */
export function walkNumber(rule: MoveRule, denoiser: PointDenoiser, y: number, sigmas: readonly number[]): number {
  return sigmas.slice(1).reduce((state, next, i) => {
    const sigma = sigmas[i]!;
    const move = rule(sigma, next);
    const x0 = denoiser(state, sigma);
    const predicted = move.y * state + move.x0 * x0;
    if (!move.correction) return predicted;
    return move.correction.y * state + move.correction.x0 * x0 + move.correction.x0Next * denoiser(predicted, next);
  }, y);
}
