import { z } from 'zod';
import { clipMinSchema as clipMin } from './level-bounds.js';

/** The kinds of noise schedule and their parameters, each on its own. What each means is written in libs/diffusion. */

const unit = z.number().min(0).max(1);
const positive = z.number().positive();
/** Between these a curve keeps its digits. */
const tau = positive.min(1e-6).max(1e6).default(1);
const place = z.number().min(-1e6).max(1e6);

const plainSchedules = [
  /** 1 - t. Chen 2023, Alg. 1. */
  z.strictObject({ kind: z.literal('linear'), clipMin }),
  z.strictObject({ kind: z.literal('cosine'), start: unit.default(0), end: unit.default(1), tau, clipMin }),
  z.strictObject({ kind: z.literal('sigmoid'), start: place.default(-3), end: place.default(3), tau, clipMin }),
  /** The cosine of Chen's released code: not rescaled to start at exactly 1. */
  z.strictObject({ kind: z.literal('cosine-released'), clipMin }),
  /** Falls with ln t between `start` and `end`. Chen's released code. */
  z.strictObject({ kind: z.literal('log'), start: positive.default(1), end: positive.default(100), clipMin }),
  /** Ho et al. 2020: beta from betaMin to betaMax in `steps` equal steps. */
  z.strictObject({ kind: z.literal('beta-linear'), betaMin: positive.max(1).default(1e-4), betaMax: positive.max(1).default(0.02), steps: z.int().min(2).max(100_000).default(1000), clipMin }),
  /** Song et al. 2021's variance-preserving SDE; EDM, Table 1. */
  z.strictObject({ kind: z.literal('vp'), betaMin: positive.default(0.1), betaD: positive.default(19.9), clipMin }),
  /** Simple diffusion (Hoogeboom et al. 2023): logSNR of the cosine shifted by 2 ln(shift), shift = noise resolution / image resolution. */
  z.strictObject({ kind: z.literal('shifted-cosine'), shift: positive.default(0.5), clipMin }),
  /** logSNR with a Laplace distribution over uniform t (Hang & Gu 2024). */
  z.strictObject({ kind: z.literal('laplace'), mean: z.number().default(0), scale: positive.default(0.5), clipMin }),
  /** Flow time with a logit-normal distribution over uniform t (SD3, Esser et al. 2024). */
  z.strictObject({ kind: z.literal('logit-normal'), mean: z.number().default(0), std: positive.default(1), clipMin }),
  /** Flow time uniform, sigma = shift t/(1 - t) (Lipman et al. 2023; the shift by resolution, Esser et al. 2024). */
  z.strictObject({ kind: z.literal('flow'), shift: positive.min(1e-6).max(1e6).default(1), clipMin }),
  /** Flow time with its middle more frequent, by `scale`, up to 2/(pi - 2) (SD3's mode sampling with heavy tails, Esser et al. 2024). */
  z.strictObject({ kind: z.literal('mode-weighted'), scale: z.number().min(-1).max(1.75).default(1.29), clipMin }),
] as const;

const plainScheduleSchema = z.discriminatedUnion('kind', plainSchedules);
export type PlainScheduleSpec = z.infer<typeof plainScheduleSchema>;

export const scheduleKindSchema = z.discriminatedUnion('kind', [
  ...plainSchedules,
  /** Another schedule shifted and scaled in sqrt(gamma) so that its end holds no signal (Lin et al. 2024, Alg. 1). */
  z.strictObject({ kind: z.literal('zero-terminal-snr'), of: plainScheduleSchema, clipMin }),
]);
export type ScheduleSpec = z.infer<typeof scheduleKindSchema>;
