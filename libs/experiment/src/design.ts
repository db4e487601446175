import { z } from 'zod';

/** The parts of the design space as a spec words them. What each means is written in libs/diffusion; here is only its grammar. */

const unit = z.number().min(0).max(1);
const positive = z.number().positive();

/** gamma(t), t = 0 data, t = 1 noise. Chen 2023, Alg. 1; clipped to [clipMin, 1]. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear'), clipMin: positive.max(0.1).default(1e-9) }),
  z.strictObject({ kind: z.literal('cosine'), start: unit.default(0), end: unit.default(1), tau: positive.default(1), clipMin: positive.max(0.1).default(1e-9) }),
  z.strictObject({ kind: z.literal('sigmoid'), start: z.number().default(-3), end: z.number().default(3), tau: positive.default(1), clipMin: positive.max(0.1).default(1e-9) }),
]).refine((s) => !('start' in s) || s.start < s.end, { message: 'start must be below end', path: ['start'] });
export type ScheduleSpec = z.infer<typeof scheduleSchema>;

/** b: the factor on x0 before noise is added. Chen 2023, sec. 2.2. */
export const inputScaleSchema = z.number().positive().max(100);

/** What the network is trained to give. `edm` is EDM's preconditioned F. */
export const parameterisationSchema = z.enum(['eps', 'x0', 'v', 'edm']);
export type Parameterisation = z.infer<typeof parameterisationSchema>;

/** How the noised image is scaled before the network sees it: not at all, by the variance the schedule implies, by each image's own std. Chen 2023, Alg. 2. */
export const normalisationSchema = z.enum(['none', 'analytic', 'per-sample']);
export type Normalisation = z.infer<typeof normalisationSchema>;

/** The scalar the network is told about the noise level: t, or ln(sigma)/4 (EDM, Table 1). */
export const conditioningSchema = z.enum(['t', 'ln-sigma']);
export type Conditioning = z.infer<typeof conditioningSchema>;

/** The walk from noise to image. */
export const samplerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ddpm'), variance: z.enum(['small', 'large']).default('small') }),
  z.strictObject({ kind: z.literal('ddim'), eta: unit.default(0) }),
  z.strictObject({ kind: z.literal('euler') }),
  z.strictObject({ kind: z.literal('heun') }),
]);
export type SamplerSpec = z.infer<typeof samplerSchema>;

/** The noise levels a walk visits: uniform t from `start` down to 0 on a schedule (the training's own when none is named), or EDM's rho-grid in sigma (EDM, eq. 5) ending at 0. */
export const gridSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform-t'), start: unit.min(0.01).default(0.99), schedule: scheduleSchema.optional() }),
  z.strictObject({ kind: z.literal('karras'), rho: positive.default(7), sigmaMin: positive.default(0.002), sigmaMax: positive.default(80) }),
]);
export type GridSpec = z.infer<typeof gridSchema>;

/** Moves in the walk; NFE follows from it and the sampler. */
export const stepsSchema = z.int().min(1).max(10_000);

/** The U-Net's shape: channels per level, residual blocks per level, attention at the lowest level or not. */
export const networkSchema = z.strictObject({
  channels: z.array(z.int().min(4).max(1024).multipleOf(4)).min(1).max(5),
  blocks: z.int().min(1).max(4),
  attention: z.boolean().default(false),
  groups: z.int().min(1).max(32).default(4),
});
export type NetworkSpec = z.infer<typeof networkSchema>;

/** Named networks; `channels[0]` divides by `groups` in each. */
export const networks = {
  tiny: { channels: [16, 32], blocks: 1, attention: false, groups: 4 },
  small: { channels: [16, 32, 64], blocks: 2, attention: false, groups: 8 },
  base: { channels: [32, 64, 128], blocks: 2, attention: false, groups: 8 },
} as const satisfies Record<string, { channels: readonly number[]; blocks: number; attention: boolean; groups: number }>;

/** Real images: Fashion-MNIST, 28x28 padded with black to 32x32; 16 is that, averaged over 2x2. */
export const datasetSchema = z.strictObject({
  name: z.enum(['fashion-mnist']),
  resolution: z.union([z.literal(16), z.literal(32)]).default(32),
});
export type DatasetSpec = z.infer<typeof datasetSchema>;
