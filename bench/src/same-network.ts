import { ElucidateError } from '@elucidate/experiment/errors';

/** Whether bench/torch_unet.py computes what libs/diffusion computes, given the same weights and images. */

/** Summing float32 in another order differs by about 1e-6 of the largest output; another padding by half of it. */
const tolerance = 1e-4;

/** The largest difference, as a fraction of the largest output. Infinity if their numbers of outputs differ. */
export function differenceOf(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity;
  const largest = ours.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return ours.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i]!)), 0) / largest;
}

/** Throws stage.failed if the outputs are not those of the same function. */
export function checkSame(ours: readonly number[], theirs: readonly number[]): void {
  const difference = differenceOf(ours, theirs);
  if (difference < tolerance) return;
  throw new ElucidateError('stage.failed', `With equal weights, bench/torch_unet.py and libs/diffusion differ by ${difference.toPrecision(2)} of their largest output: they are no longer the same network`);
}
