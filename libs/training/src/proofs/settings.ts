import { probit } from '@elucidate/diffusion/normal-distribution';
import type { Margin } from './two-sample-test.js';
import { ring } from './mixture.js';

/** How a case is trained, sampled and judged. All of it is fixed, seeds too, so a proof gives the same numbers again. */
export const settings = {
  network: { width: 64, depth: 2 },
  /** Points that are learnt from. */
  trainPoints: 50_000,
  batch: 256,
  learningRate: 0.015,
  /** EMA half-life, in points. */
  emaHalfLife: 20_000,
  /** Updates of each round, which ends at learning rate 0 and with a look at the samples. Each is twice the last (Loshchilov & Hutter 2017, T_mult 2). */
  rounds: [400, 800, 1600],
  /** Points sampled in a look, and fresh draws that they are compared with. */
  samples: 2000,
  steps: 24,
  /** Levels sampled lie inside this range and inside what was trained. */
  sigmas: { lowest: 0.02, highest: 10 },
  rho: 7,
} as const;

/** Of the test's kernel: the width of a part, so that it sees both the shape of a part and its weight. */
export const kernelWidth = ring.std;

/** Chance that a case passes at all, in any of its rounds, although its distribution lies `bound` or further from the data's. */
export const level = 0.001;

/** The squared MMD that counts as different, and the standard errors that leave `level` for all looks together (Bonferroni). */
export const margin: Margin = { bound: 0.006, z: -probit(level / settings.rounds.length) };
