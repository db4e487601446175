import { rows, type Features } from './features.js';
import type { MetricInput, MetricResult } from './metric.js';
import { squaredDistance } from './squared-distance.js';

/** Points with balls around them that estimate the manifold they lie on. */
export interface Manifold {
  readonly points: Features;
  /** Squared distance of each point to its k-th nearest other point, [n]. */
  readonly squaredRadii: Float64Array;
}

/** The manifold of a set of points: a ball around each, reaching to its k-th nearest neighbour. Only the distances of one point at a time are in memory. Throws RangeError if there are fewer than k other points, or distances that are not finite. */
export function manifoldOf(points: Features, k: number): Manifold {
  const { n } = points;
  if (n <= k) throw new RangeError(`${k} nearest neighbours need at least ${k + 1} images, got ${n}`);
  const nearest = new Float64Array(k);
  const squaredRadii = Float64Array.from({ length: n }, (_, i) => {
    nearest.fill(Infinity);
    for (let j = 0; j < n; j++) if (j !== i) keepNearest(nearest, squaredDistance({ x: points, i, y: points, j }, nearest[k - 1]!));
    return nearest[k - 1]!;
  });
  if (!squaredRadii.every(Number.isFinite)) throw new RangeError('Distances of features are no finite numbers: some features are too large to be squared');
  return { points, squaredRadii };
}

/** Ascending: inserts `distance` among the smallest so far if it is smaller than the last. */
function keepNearest(nearest: Float64Array, distance: number): void {
  let place = nearest.length - 1;
  if (distance >= nearest[place]!) return;
  for (; place > 0 && nearest[place - 1]! > distance; place--) nearest[place] = nearest[place - 1]!;
  nearest[place] = distance;
}

/** Whether a point at a squared distance lies in a ball: for Kynkaanniemi the surface is part of the ball, for Naeem it is not. */
type Within = (squaredDistance: number, squaredRadius: number) => boolean;
const closed: Within = (distance, radius) => distance <= radius;
const open: Within = (distance, radius) => distance < radius;

/** How many of the points lie in at least one ball of the manifold. */
function countInside(points: Features, { points: centres, squaredRadii }: Manifold, within: Within): number {
  let inside = 0;
  for (let j = 0; j < points.n; j++) {
    for (let i = 0; i < centres.n; i++) {
      const radius = squaredRadii[i]!;
      if (!within(squaredDistance({ x: centres, i, y: points, j }, radius), radius)) continue;
      inside += 1;
      break;
    }
  }
  return inside;
}

/** Which points lie in which balls, counted. */
export interface Held {
  /** Points in each ball, [balls]. */
  readonly ofBall: Int32Array;
  /** Balls around each point, [points]. */
  readonly ofPoint: Int32Array;
}

/** How many points lie in each ball of a manifold, and in how many balls each point. */
export function heldBy(points: Features, { points: centres, squaredRadii }: Manifold): Held {
  const [ofBall, ofPoint] = [new Int32Array(centres.n), new Int32Array(points.n)];
  for (let i = 0; i < centres.n; i++) {
    const radius = squaredRadii[i]!;
    for (let j = 0; j < points.n; j++) {
      if (!open(squaredDistance({ x: centres, i, y: points, j }, radius), radius)) continue;
      ofBall[i]! += 1;
      ofPoint[j]! += 1;
    }
  }
  return { ofBall, ofPoint };
}

const sum = (counts: Int32Array): number => counts.reduce((total, count) => total + count, 0);

/** As many real images as generated ones, or all if there are fewer: the authors compare sets of one size. */
export const realOf = ({ features, reference }: MetricInput): Features => rows(reference.features, 0, Math.min(features.n, reference.features.n));

/** Manifolds of the references in use: several metrics, and every step of a trajectory, are compared with the same one. */
const ofReferences = new WeakMap<Features, Map<string, Manifold>>();

/** The manifold of the real points that these generated ones are compared with. */
export function realManifold(input: MetricInput, k: number): Manifold {
  const { features: real } = input.reference;
  const found = ofReferences.get(real) ?? new Map<string, Manifold>();
  ofReferences.set(real, found);
  const points = realOf(input);
  const key = `${points.n} ${k}`;
  const manifold = found.get(key) ?? manifoldOf(points, k);
  found.set(key, manifold);
  return manifold;
}

type Settings = { readonly k: number };

const resultOf = (value: number, k: number, { features, reference }: MetricInput): MetricResult => ({ value, details: { k, n: features.n, d: features.d, referenceN: Math.min(features.n, reference.features.n) } });

/** Precision: fraction of generated points within the manifold of real ones (Kynkaanniemi 2019, eq. 2). */
export const precision = (input: MetricInput, { k }: Settings): MetricResult =>
  resultOf(countInside(input.features, realManifold(input, k), closed) / input.features.n, k, input);

/** Recall: fraction of real points within the manifold of generated ones (Kynkaanniemi 2019, eq. 2). */
export function recall(input: MetricInput, { k }: Settings): MetricResult {
  const real = realOf(input);
  return resultOf(countInside(real, manifoldOf(input.features, k), closed) / real.n, k, input);
}

/** Density: pairs of a generated point and a real ball that contains it, over k times the generated points (Naeem 2020, "Density and coverage"). Above 1 if generated points cluster where real ones are dense. */
export const density = (input: MetricInput, { k }: Settings): MetricResult =>
  resultOf(sum(heldBy(input.features, realManifold(input, k)).ofBall) / (k * input.features.n), k, input);

/** Coverage: fraction of real balls that contain a generated point (Naeem 2020, "Density and coverage"). */
export function coverage(input: MetricInput, { k }: Settings): MetricResult {
  const manifold = realManifold(input, k);
  return resultOf(heldBy(input.features, manifold).ofBall.filter((points) => points > 0).length / manifold.points.n, k, input);
}
