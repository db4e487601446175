import { bandOf, bandShape } from './band.js';
import { bidiagonalise, type Bidiagonal } from './bidiagonal.js';
import { bidiagonalValues } from './bidiagonal-values.js';
import { transposed } from './matrix.js';
import { roomOf, roomShapes } from './reflectors.js';
import { inWorkspace } from './workspace.js';

/**
 * The min(m,n) singular values of an [m,n] matrix (row-major), largest first, each to about 2^-52 of the largest: Householder
 * reflections reduce it to a band, and that to a bidiagonal matrix. Throws RangeError if an entry is not finite.
 */
export function singularValues(matrix: Float64Array, m: number, n: number): Float64Array {
  const scale = largest(matrix);
  if (scale === 0) return new Float64Array(Math.min(m, n));
  if (!Number.isFinite(scale)) throw new RangeError('A matrix with an entry that is not finite has no singular values');
  return bidiagonalValues(bidiagonal(matrix, { m, n, scale })).map((x) => scale * x);
}

/** Of the matrix divided by its scale. */
function bidiagonal(matrix: Float64Array, { m, n, scale }: { m: number; n: number; scale: number }): Bidiagonal {
  const larger = Math.max(m, n);
  return inWorkspace([[m, n], bandShape(Math.min(m, n)), ...roomShapes(larger, larger)], ([scaled, band, ...rest], operations) => {
    const room = roomOf(rest, operations);
    matrix.forEach((x, i) => (scaled.numbers[i] = x / scale));
    return bidiagonalise(bandOf(m >= n ? scaled : transposed(scaled), band.numbers, room), room);
  });
}

/** The largest magnitude; NaN if an entry is. */
const largest = (array: Float64Array): number => array.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
