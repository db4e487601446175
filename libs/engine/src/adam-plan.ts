/** What a step of Adam needs to know, on a gradient with clipped norm, with an average of the weights. */
export interface AdamPlan {
  learningRate: number;
  /** The gradient's norm is at most this; Infinity: no limit. */
  gradientLimit: number;
  /** The average's. */
  decay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** Including this one. */
  steps: number;
}

/** Numbers of a plan as a program reads them. */
export const adamTerms = ['limit', 'towardsFirst', 'towardsSecond', 'secondScale', 'epsilon', 'rate', 'keep', 'towardsWeights'] as const;

/** Stands for no limit. A GPU may not know infinity, and may take 1 / x of the largest float for 0. */
export const noLimit = 1e30;

/** In the order of `adamTerms`, computed in float64. */
export function adamNumbers({ learningRate, gradientLimit, decay, beta1, beta2, epsilon, weightDecay, steps }: AdamPlan): Float32Array {
  const values: Record<(typeof adamTerms)[number], number> = {
    limit: Math.min(gradientLimit, noLimit), towardsFirst: 1 - beta1, towardsSecond: 1 - beta2, secondScale: 1 / (1 - beta2 ** steps), epsilon,
    rate: learningRate / (1 - beta1 ** steps), keep: 1 - learningRate * weightDecay, towardsWeights: 1 - decay,
  };
  return Float32Array.from(adamTerms, (name) => values[name]);
}
