import type { Features } from './features.js';

/** |x_i - y_j|^2, or some number above `enough` if it is above. From differences, not |x|^2 + |y|^2 - 2 x.y, which suffers cancellation. */
export function squaredDistance({ x, i, y, j }: { x: Features; i: number; y: Features; j: number }, enough: number): number {
  const { d } = x;
  const [at, to] = [i * d, j * d];
  let sum = 0;
  for (let from = 0; from < d && sum <= enough; from += 32) {
    const end = Math.min(d, from + 32);
    for (let c = from; c < end; c++) {
      const step = x.values[at + c]! - y.values[to + c]!;
      sum += step * step;
    }
  }
  return sum;
}
