import type { Features } from './features.js';
import type { Statistics } from './statistics.js';

/** Generated images that go with their features, as bytes or, for synthetic data, floats. */
export interface MetricImages {
  readonly count: number;
  /** Pixels per side. */
  readonly size: number;
  readonly channels: number;
  /** [count, size, size, channels]. */
  readonly data: Uint8Array | Float32Array;
}

/** The classes of real images. */
export interface ReferenceLabels {
  /** Names; a class is a place in this list. */
  readonly classes: readonly string[];
  /** The class of each image, [n]. */
  readonly of: ArrayLike<number>;
}

/** The real images that generated ones are compared with. */
export interface Reference {
  /** Of the test split. */
  readonly features: Features;
  readonly statistics: Statistics;
  /** Of the covariance in `statistics`. */
  readonly eigenvalues: Float64Array;
  /** Of the images behind `features`; present for a metric that needs them. */
  readonly labels?: ReferenceLabels;
}

/** What a metric is computed from. */
export interface MetricInput {
  /** Of the generated images, or of real ones for the real-data baseline. All are finite. */
  readonly features: Features;
  readonly reference: Reference;
  /** Features of the training split; present for a metric that needs them. */
  readonly training?: Features;
  /** The images behind `features`; present for a metric that needs them. */
  readonly images?: MetricImages;
}

export interface MetricResult {
  readonly value: number;
  /** Standard deviation of the estimate itself, if it has one. */
  readonly stddev?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An integer parameter of a metric. */
export interface MetricParameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

export type MetricParameters = Readonly<Record<string, MetricParameter>>;
export type MetricSettings<P extends MetricParameters> = { readonly [Name in keyof P]: number };

/** What a metric may need in addition to the features of the images it scores. A metric of images or of the training split has no real-data baseline; one that needs anything is not scored along a trajectory. */
export type MetricNeed = 'training' | 'images' | 'labels';

/** Whether it is computed of every step of a sampling trajectory, where these are scored. */
export const scoresSteps = ({ needs, steps = true }: Pick<MetricDef, 'needs' | 'steps'>): boolean => steps && needs.length === 0;

/** Whether real images can be scored by it as well. */
export const scoresAnyFeatures = ({ needs }: Pick<MetricDef, 'needs'>): boolean => needs.every((need) => need === 'labels');

/** The size of one score's input, for estimating its time. */
export interface MetricSize {
  /** Images scored. */
  readonly n: number;
  /** Real images they are compared with. */
  readonly referenceN: number;
  /** Features per image. */
  readonly d: number;
}

/** One metric: everything known about it outside the function that computes it. */
export interface MetricDef<P extends MetricParameters = MetricParameters> {
  /** Heading in tables: "FID". */
  readonly title: string;
  /** What it measures, in one line. */
  readonly meaning: string;
  /** Decimals shown. */
  readonly digits: number;
  readonly better: 'lower' | 'higher';
  /** The least and the greatest value that it can have; any number, if absent. An interval of its mean ends there. */
  readonly range?: readonly [number, number];
  readonly needs: readonly MetricNeed[];
  /** false: not scored along a sampling trajectory, since it takes too long for every step. */
  readonly steps?: boolean;
  readonly parameters: P;
  /** The fewest images that can be scored. */
  fewest(settings: MetricSettings<P>): number;
  /** Floating-point operations, to within a factor of two. */
  flops(size: MetricSize, settings: MetricSettings<P>): number;
  /** Throws RangeError if it is not defined for the features given. */
  compute(input: MetricInput, settings: MetricSettings<P>): MetricResult;
}

/** Returns the definition unchanged, with its parameters inferred. */
export const metric = <const P extends MetricParameters>(def: MetricDef<P>): MetricDef<P> => def;
