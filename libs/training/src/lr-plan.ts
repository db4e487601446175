import type { LearningRatePlan } from '@elucidate/experiment/recipe-grammar';

/** How far a training run has come. */
export interface Progress {
  /** Images seen before this step. */
  seen: number;
  /** Images seen at the end. */
  images: number;
}

/** For a step: the learning rate as a fraction of its peak, and Adam's beta1 if the plan sets it. */
export interface Rate {
  factor: number;
  beta1?: number;
}

type Of<K extends LearningRatePlan['kind']> = Extract<LearningRatePlan, { kind: K }>;

/** From `from` at angle 0 to `to` at pi along a cosine. */
const halfCosine = (from: number, to: number, angle: number): number => to + ((from - to) * (1 + Math.cos(angle))) / 2;

/** After Smith & Topin 2018, "Super-Convergence", with a cosine for the second phase; beta1 as in PyTorch's OneCycleLR. */
function oneCycle({ warmUp, shape, start, end, beta1High, beta1Low }: Of<'one-cycle'>, { seen, images }: Progress): Rate {
  const progress = seen / images;
  const rising = progress < warmUp;
  const between = (low: number, high: number, last: number): number => {
    if (!rising) return halfCosine(high, last, (Math.PI * (progress - warmUp)) / (1 - warmUp));
    return shape === 'linear' ? low + (high - low) * (progress / warmUp) : halfCosine(low, high, (Math.PI * progress) / warmUp);
  };
  const factor = between(start, 1, end);
  return beta1High === undefined || beta1Low === undefined ? { factor } : { factor, beta1: between(beta1High, beta1Low, beta1High) };
}

/** Linear, from 0 at the first image. */
const warmed = (warmUpImages: number, seen: number): number => (seen < warmUpImages ? seen / warmUpImages : 1);

/** Progress through the time after the warm-up, 0 to 1. */
const after = (warmUpImages: number, { seen, images }: Progress): number => Math.max(0, seen - warmUpImages) / Math.max(1, images - warmUpImages);

const plans: { readonly [K in LearningRatePlan['kind']]: (plan: Of<K>, progress: Progress) => Rate } = {
  'one-cycle': oneCycle,
  'hold': ({ warmUpImages }, { seen }) => ({ factor: warmed(warmUpImages, seen) }),
  'cosine': ({ warmUpImages, part, end }, progress) => ({ factor: warmed(warmUpImages, progress.seen) * halfCosine(1, end, Math.PI * part * after(warmUpImages, progress)) }),
  'polynomial': ({ warmUpImages, power, end }, progress) => ({ factor: warmed(warmUpImages, progress.seen) * (end + (1 - end) * (1 - after(warmUpImages, progress)) ** power) }),
};

/** The learning rate's factor and beta1 at a point of a training run. */
export function rateAt(plan: LearningRatePlan, progress: Progress): Rate {
  return (plans[plan.kind] as (plan: LearningRatePlan, progress: Progress) => Rate)(plan, progress);
}
