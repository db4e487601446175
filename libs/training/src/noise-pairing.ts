import type { NoisePairing } from '@elucidate/experiment/design';
import { leastAssignment } from './assignment.js';

/** Images and noise of a batch, n rows each. */
export interface Drawn {
  x0: Float32Array;
  eps: Float32Array;
  n: number;
}

const pairings: { readonly [K in NoisePairing]: (drawn: Drawn) => Float32Array } = { independent: ({ eps }) => eps, immiscible: assigned };

/**
 * The noise of each image, row by row, out of the noise that was drawn for all of them. `immiscible`: so that the squared distances of images and their noise
 * add up to the least (Li et al. 2024, Alg. 1). In float64 on the CPU, so that every engine trains on the same pairs.
 */
export function pairedNoise(pairing: NoisePairing, drawn: Drawn): Float32Array {
  return pairings[pairing](drawn);
}

function assigned({ x0, eps, n }: Drawn): Float32Array {
  const [images, noise] = [rowsOf(x0, n), rowsOf(eps, n)];
  const paired = new Float32Array(eps.length);
  leastAssignment({ n, values: costs(images, noise) }).forEach((row, image) => paired.set(noise[row]!, image * noise[row]!.length));
  return paired;
}

const rowsOf = (all: Float32Array, n: number): Float32Array[] => Array.from({ length: n }, (_, row) => all.subarray((row * all.length) / n, ((row + 1) * all.length) / n));

/** -<x0, eps> of each pair: half of |x0 - eps|^2 but for terms that every assignment has. Images of any scale have the same assignment. */
function costs(images: readonly Float32Array[], noise: readonly Float32Array[]): Float64Array {
  return Float64Array.from(images.flatMap((image) => noise.map((row) => -product(image, row))));
}

/** In float64; four sums at a time, since one alone waits for each addition. */
function product(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < a.length; k += 1) s0 += a[k]! * b[k]!;
  return s0 + s1 + (s2 + s3);
}
