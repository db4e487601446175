import { picked, type Features } from './features.js';
import { nearestOf } from './nearest.js';
import { uniformStream } from './subsets.js';

/** Passes over the points, at most; what is left to move after so many does not matter to a division into cells. */
const mostPasses = 50;

/** The centres [k,d] of k clusters of some points (Lloyd 1982), from starting places by k-means++ (Arthur and Vassilvitskii 2007) under a fixed seed. A cluster that loses all its points keeps its centre. Needs 1 <= k <= n. */
export function clusterCentres(points: Features, k: number): Features {
  let centres = startingCentres(points, k);
  let before: Int32Array = new Int32Array(0);
  for (let pass = 0; pass < mostPasses; pass++) {
    const { places } = nearestOf(points, centres);
    if (pass > 0 && places.every((place, i) => place === before[i])) break;
    before = places;
    centres = meansOf(points, places, centres);
  }
  return centres;
}

/** One point at random, then each by its squared distance to the nearest of those before. */
function startingCentres(points: Features, k: number): Features {
  const uniform = uniformStream(0);
  const places = [Math.floor(uniform() * points.n)];
  while (places.length < k) {
    const { squaredDistances } = nearestOf(points, picked(points, places));
    let left = uniform() * squaredDistances.reduce((sum, distance) => sum + distance, 0);
    const place = squaredDistances.findIndex((distance) => (left -= distance) < 0);
    places.push(place < 0 ? places[0]! : place);
  }
  return picked(points, places);
}

function meansOf({ values, n, d }: Features, places: Int32Array, centres: Features): Features {
  const [sums, counts] = [new Float64Array(centres.n * d), new Int32Array(centres.n)];
  for (let i = 0; i < n; i++) {
    const to = places[i]!;
    counts[to]! += 1;
    for (let j = 0; j < d; j++) sums[to * d + j]! += values[i * d + j]!;
  }
  return { values: sums.map((sum, at) => { const count = counts[Math.floor(at / d)]!; return count === 0 ? centres.values[at]! : sum / count; }), n: centres.n, d };
}
