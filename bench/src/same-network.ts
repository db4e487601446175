import { ElucidateError } from '@elucidate/experiment/errors';

/** Whether bench/torch_unet.py computes what libs/diffusion computes: both, with the same weights, of the same images. */

/** Float32 in another order of summing differs by 1e-6 or so of the largest output; another padding by half of it. */
const tolerance = 1e-4;

/** The largest difference, as a fraction of the largest output. Infinity where one has more outputs. */
export function differenceOf(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity;
  const largest = ours.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return ours.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i]!)), 0) / largest;
}

/** Throws stage.failed where the outputs are not those of one function. */
export function checkSame(ours: readonly number[], theirs: readonly number[]): void {
  const difference = differenceOf(ours, theirs);
  if (difference < tolerance) return;
  throw new ElucidateError('stage.failed', `With equal weights, bench/torch_unet.py and libs/diffusion differ by ${difference.toPrecision(2)} of their largest output: they are no longer the same network`);
}
