import type { Features } from './features.js';
import { squaredDistance } from './squared-distance.js';

/** For each of some points the nearest of others, the first of equals. */
export interface Nearest {
  /** Which of the others, [points]. */
  readonly places: Int32Array;
  /** Squared distance to it, [points]. */
  readonly squaredDistances: Float64Array;
}

/** The nearest of `others` to each point. With no others the distances are Infinity. */
export function nearestOf(points: Features, others: Features): Nearest {
  const found = { places: new Int32Array(points.n), squaredDistances: new Float64Array(points.n).fill(Infinity) };
  for (let i = 0; i < points.n; i++) {
    for (let j = 0; j < others.n; j++) {
      const distance = squaredDistance({ x: points, i, y: others, j }, found.squaredDistances[i]!);
      if (distance < found.squaredDistances[i]!) [found.places[i], found.squaredDistances[i]] = [j, distance];
    }
  }
  return found;
}
