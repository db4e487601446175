import { decayOf } from '@elucidate/diffusion/ema';
import { trackDecays } from '@elucidate/experiment/power-average';
import { learningRatePlanSchema, type LearningRatePlan, type OptimiserSpec } from '@elucidate/experiment/recipe-grammar';
import { rateAt } from './lr-plan.js';
import { adamDefaults } from './optimiser.js';
import type { StepPlan } from './trainer.js';

/** How a network is trained, step by step. */
export interface Recipe {
  images: number;
  batch: number;
  /** The plan's peak. */
  learningRate: number;
  learningRatePlan?: LearningRatePlan;
  optimiser?: Omit<OptimiserSpec, 'kind'>;
  /** The largest norm of all gradients, or false. Default 1. */
  gradientClip?: number | false;
  emaHalfLifeImages: number;
  /** The EMA's half-life is at most this fraction of the images seen, so that the random start is soon forgotten; or false. Defaults to EDM's 0.05. */
  emaRamp?: number | false;
  /** If given, two more averages are kept, by power functions. */
  emaSnapshots?: number | undefined;
}

const oneCycle = learningRatePlanSchema.parse({ kind: 'one-cycle' });

/** What each step does with its gradients; steps count from 0. */
export function stepPlans(recipe: Recipe): (step: number) => StepPlan {
  const { images, batch, learningRate, learningRatePlan = oneCycle, optimiser = adamDefaults, gradientClip = 1, emaSnapshots } = recipe;
  return (step) => {
    const { factor, beta1 = optimiser.beta1 } = rateAt(learningRatePlan, { seen: step * batch, images });
    const tracks = emaSnapshots === undefined ? {} : { trackDecays: trackDecays({ before: step * batch, seen: Math.min((step + 1) * batch, images) }) };
    return { ...optimiser, learningRate: learningRate * factor, beta1, gradientLimit: gradientClip === false ? Infinity : gradientClip, decay: emaDecay(recipe, step), ...tracks };
  };
}

/** As in EDM's training loop: before the first step no image has been seen, so the average starts as the weights after it. */
function emaDecay({ batch, emaHalfLifeImages, emaRamp = 0.05 }: Recipe, step: number): number {
  return decayOf(emaRamp === false ? emaHalfLifeImages : Math.min(emaHalfLifeImages, step * batch * emaRamp), batch);
}
