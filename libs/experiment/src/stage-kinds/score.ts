import { z } from 'zod';
import { stageKind } from './definition.js';

/** Width of the features. */
const width = 64;
/** KID's subsets, and the most images in one: docs/metrics.md. */
const subsets = 50;
const largestSubset = 500;

/** A factor of the covariance, singular values, and three products a subset: for the generated images and, for the floor, for as many real ones. */
function scoringFlops(samples: number): number {
  const subset = Math.min(largestSubset, samples / 2);
  return 2 * (2 * samples * width ** 2 + 50 * width ** 3 + subsets * 3 * 2 * subset ** 2 * width);
}

/** Compares generated images with real ones. Outputs: none; its metrics are rows. */
export const score = stageKind({
  kind: 'score',
  codeVersion: 2,
  params: z.strictObject({ metrics: z.array(z.enum(['fid', 'kid'])).min(1) }),
  uses: { metrics: 'metrics' },
  inputs: { embed: 'embed', reference: 'reference' },
  work: ({ samples, steps, trajectory }) => scoringFlops(samples) * (trajectory ? steps + 1 : 1),
});
