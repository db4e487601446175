import { ancestralSplit, eachMove, noiseOf } from '../moves.js';
import type { Move, Plan } from '../moves.js';

/** The plan that makes a rule's move down past the next level, then adds a share eta in [0, 1] of fresh noise up to it. k-diffusion's *_ancestral. */
export function ancestral(rule: (sigma: number, down: number) => Move, { eta }: { eta: number }): Plan {
  return eachMove((sigma, next) => {
    const { down, up } = ancestralSplit(sigma, next, eta);
    const { asks, end } = rule(sigma, down);
    return { asks, end: { ...end, ...noiseOf(up) } };
  });
}
