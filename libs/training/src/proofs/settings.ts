import { probit } from '@elucidate/diffusion/normal-distribution';
import type { Margin } from './two-sample-test.js';
import { ring } from './mixture.js';

/** How a case is trained, sampled and tested. All of it is fixed, including seeds, so a proof gives the same numbers every time. */
export const settings = {
  network: { width: 64, depth: 2 },
  /** Training points. */
  trainPoints: 50_000,
  batch: 256,
  learningRate: 0.015,
  /** EMA half-life, in points. */
  emaHalfLife: 20_000,
  /** Snapshots of a training whose average is made from them. */
  snapshots: 64,
  /** Updates in each round, which ends at learning rate 0 with a test of the samples. Each is twice the last (Loshchilov & Hutter 2017, T_mult 2). */
  rounds: [400, 800, 1600],
  /** Points sampled per test, and fresh draws that they are compared with. */
  samples: 2000,
  steps: 24,
  /** Levels sampled lie inside this range and inside the range trained on. */
  sigmas: { lowest: 0.02, highest: 10 },
  rho: 7,
} as const;

/** Of the test's kernel: the width of a component, so that it is sensitive to both the shape and the weight of a component. */
export const kernelWidth = ring.std;

/** Probability that a case passes at all, in any of its rounds, although its distribution lies `bound` or further from the data's. */
export const level = 0.001;

/** The squared MMD that counts as different, and the standard errors that give `level` for all tests together (Bonferroni). */
export const margin: Margin = { bound: 0.006, z: -probit(level / settings.rounds.length) };
