import { heldBy, realManifold } from './manifold.js';
import type { MetricInput, MetricResult, ReferenceLabels } from './metric.js';
import { nearestOf } from './nearest.js';

/** One class of the data set, among the images that are compared. */
export interface ClassScore {
  readonly name: string;
  /** Real images of it among those compared. */
  readonly real: number;
  /** Generated images whose nearest real image, of all of the reference, is of it. */
  readonly generated: number;
  /** Of these generated ones, as `density`; null if there are none. */
  readonly density: number | null;
  /** Of these real ones, as `coverage`; null if there are none. */
  readonly coverage: number | null;
}

/** The labels of the reference. Throws RangeError if the data set has none. */
function labelsOf({ reference: { labels } }: MetricInput): ReferenceLabels {
  if (labels === undefined) throw new RangeError('the reference has no labels, so it has no classes');
  return labels;
}

/** The class of each generated image: that of the real image nearest to it. */
function classesOf(input: MetricInput): Uint16Array {
  const { of } = labelsOf(input);
  return Uint16Array.from(nearestOf(input.features, input.reference.features).places, (place) => of[place]!);
}

/** Real and generated images by class, with the density and coverage of each: the means of all, weighted by the images, are `density` and `coverage`. */
export function classScores(input: MetricInput, k: number): ClassScore[] {
  const { classes, of } = labelsOf(input);
  const manifold = realManifold(input, k);
  const { ofBall, ofPoint } = heldBy(input.features, manifold);
  const generated = classesOf(input);
  return classes.map((name, label): ClassScore => {
    const balls = ofBall.filter((_, place) => of[place] === label);
    const around = ofPoint.filter((_, place) => generated[place] === label);
    return {
      name, real: balls.length, generated: around.length,
      density: around.length === 0 ? null : around.reduce((sum, count) => sum + count, 0) / (k * around.length),
      coverage: balls.length === 0 ? null : balls.filter((count) => count > 0).length / balls.length,
    };
  });
}

/** Coverage of the class that is covered least, of those with real images among the ones compared. Details: all classes. */
export function classCoverage(input: MetricInput, { k }: { readonly k: number }): MetricResult {
  const classes = classScores(input, k);
  const covered = classes.flatMap(({ coverage }) => coverage ?? []);
  return { value: Math.min(...covered), details: { k, n: input.features.n, d: input.features.d, referenceN: Math.min(input.features.n, input.reference.features.n), classes } };
}

/** Total variation distance between the classes of generated images and those of the reference: the fraction of images that would have to be of another class. Details: both, counted. */
export function classImbalance(input: MetricInput): MetricResult {
  const { classes, of } = labelsOf(input);
  const counted = (labels: ArrayLike<number>): number[] => {
    const counts = classes.map(() => 0);
    for (let i = 0; i < labels.length; i++) counts[labels[i]!]! += 1;
    return counts;
  };
  const generated = counted(classesOf(input));
  const real = counted(of);
  const value = classes.reduce((sum, _, label) => sum + Math.abs(generated[label]! / input.features.n - real[label]! / of.length) / 2, 0);
  return { value, details: { n: input.features.n, referenceN: of.length, classes: classes.map((name, label) => ({ name, real: real[label]!, generated: generated[label]! })) } };
}
