import { z } from 'zod';

/** The grammar of how a network is trained. What each means is written in libs/training; defaults are ours; those of the sources are in docs/spec.md. */

const fraction = z.number().min(0).max(1);
const beta = z.number().min(0).lt(1);
const warmUpImages = z.int().min(0).max(1e9).default(0);

/** The learning rate's course over a training run; `learningRate` is its peak, factors are of it. */
export const learningRatePlanSchema = z.discriminatedUnion('kind', [
  /** Up from `start` to the peak over the fraction `warmUp` of all images, then a half cosine to `end`. Smith & Topin 2018. */
  z.strictObject({
    kind: z.literal('one-cycle'),
    warmUp: z.number().min(0).lt(1).default(0.1),
    shape: z.enum(['linear', 'cosine']).default('linear'),
    start: fraction.default(0.04),
    end: fraction.default(0),
    /** Adam's beta1 moves opposite to the rate, from `beta1High` down to `beta1Low` and back; absent: the optimiser's beta1 is unchanged. */
    beta1High: beta.optional(),
    beta1Low: beta.optional(),
  }),
  /** Linear from 0 over `warmUpImages`, then constant. EDM, Table 7. */
  z.strictObject({ kind: z.literal('hold'), warmUpImages }),
  /** The same warm-up, then the first `part` of a half cosine from the peak to `end`. */
  z.strictObject({ kind: z.literal('cosine'), warmUpImages, part: z.number().gt(0).max(1).default(1), end: fraction.default(0) }),
  /** The same warm-up, then end + (1 - end)(1 - progress)^power. */
  z.strictObject({ kind: z.literal('polynomial'), warmUpImages, power: z.number().positive().max(10).default(1), end: fraction.default(0) }),
]).refine((plan) => plan.kind !== 'one-cycle' || (plan.beta1High === undefined) === (plan.beta1Low === undefined), { message: 'beta1High and beta1Low, or neither', path: ['beta1High'] });
export type LearningRatePlan = z.infer<typeof learningRatePlanSchema>;

/** Kingma & Ba 2015; with `weightDecay`, decoupled, AdamW (Loshchilov & Hutter 2019). */
export const optimiserSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adam'), beta1: beta.default(0.9), beta2: beta.default(0.999), epsilon: z.number().positive().max(1).default(1e-8), weightDecay: z.number().min(0).max(1).default(0) }),
]);
export type OptimiserSpec = z.infer<typeof optimiserSchema>;

/** The maximum global norm of the gradients, or false: no clipping. */
export const gradientClipSchema = z.union([z.literal(false), z.number().positive()]);

/** Augmentation of training images before noise is added. */
export const augmentationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Mirrored, left and right, with probability 1/2. */
  z.strictObject({ kind: z.literal('flips') }),
  /** EDM's non-leaky augmentation, app. F.2: each transformation with this probability, and the network is conditioned on them. */
  z.strictObject({ kind: z.literal('edm'), probability: fraction.default(0.12) }),
]);
export type Augmentation = z.infer<typeof augmentationSchema>;

/** The fraction of a residual block's features that is dropped before its last convolution, while training. */
export const dropoutSchema = z.number().min(0).lt(1);

/** How many snapshots of each of two power-function averages a training keeps: every other average is reconstructed from them. Karras et al. 2024 (EDM2). */
export const emaSnapshotsSchema = z.int().min(4).max(400).optional();

/** The EMA's half-life is at most this fraction of the images seen so far; false: its full length from the first step. EDM's training loop has 0.05. */
export const emaRampSchema = z.union([z.literal(false), z.number().positive().max(1)]);
