/** Two sets of points in the plane, compared by the maximum mean discrepancy with a Gaussian kernel. Gretton et al. 2012. */

/** Numbers x0, y0, x1, y1, ... of independent points. */
export type Points = Float32Array;

export interface Discrepancy {
  /** Squared MMD, unbiased: 0 on average for equal distributions, so negative half the time. At most 2. */
  value: number;
  /** Standard error of `value`, from the U-statistic's first-order part. If the distributions agree, that part vanishes, and this overestimates. */
  error: number;
}

/** E k(X, X') + E k(Y, Y') - 2 E k(X, Y), k = exp(-|x - y|^2/(2 width^2)), estimated without the pairs of a point with itself. Gretton et al. 2012, eq. 3. */
export function discrepancy(x: Points, y: Points, width: number): Discrepancy {
  const [n, m] = [x.length / 2, y.length / 2];
  const [withinX, withinY, [ofX, ofY]] = [kernelSumsWithin(x, width), kernelSumsWithin(y, width), kernelSumsBetween(x, y, width)];
  const shareX = withinX.map((sum, i) => sum / (n - 1) - ofX[i]! / m);
  const shareY = withinY.map((sum, j) => sum / (m - 1) - ofY[j]! / n);
  return { value: mean(shareX) + mean(shareY), error: 2 * Math.sqrt(variance(shareX) / n + variance(shareY) / m) };
}

export interface Margin {
  /** The squared MMD from which two distributions count as different. */
  bound: number;
  /** Standard errors: the test's level is P(Z > z). */
  z: number;
}

/** The upper confidence limit of the discrepancy. */
export function upperLimit({ value, error }: Discrepancy, z: number): number {
  return value + z * error;
}

/** Whether the hypothesis that the distributions lie `bound` or further apart is rejected. */
export function isWithin(found: Discrepancy, { bound, z }: Margin): boolean {
  return upperLimit(found, z) < bound;
}

/** For each point, the sum of the kernel over all others. */
function kernelSumsWithin(points: Points, width: number): Float64Array {
  const kernel = kernelOf(width);
  const sums = new Float64Array(points.length / 2);
  for (let i = 1; i < sums.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const value = kernel(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
      sums[i]! += value;
      sums[j]! += value;
    }
  }
  return sums;
}

/** For each point of either set, the sum of the kernel over the other set. */
function kernelSumsBetween(x: Points, y: Points, width: number): [Float64Array, Float64Array] {
  const kernel = kernelOf(width);
  const [ofX, ofY] = [new Float64Array(x.length / 2), new Float64Array(y.length / 2)];
  for (let i = 0; i < ofX.length; i += 1) {
    for (let j = 0; j < ofY.length; j += 1) {
      const value = kernel(x[2 * i]! - y[2 * j]!, x[2 * i + 1]! - y[2 * j + 1]!);
      ofX[i]! += value;
      ofY[j]! += value;
    }
  }
  return [ofX, ofY];
}

// looked up once: inside Jest's sandbox a global costs more than the function
const { exp } = Math;

function kernelOf(width: number): (dx: number, dy: number) => number {
  const scale = -1 / (2 * width * width);
  return (dx, dy) => exp(scale * (dx * dx + dy * dy));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float64Array): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
