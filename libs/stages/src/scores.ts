import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric } from '@elucidate/experiment/execution';
import type { StageParams } from '@elucidate/experiment/stages';
import { expectedFidBias } from '@elucidate/metrics/bias';
import { frechetDistance } from '@elucidate/metrics/fid';
import { kernelDistance } from '@elucidate/metrics/kid';
import { rows, type Features } from '@elucidate/metrics/features';
import { statistics, type Statistics } from '@elucidate/metrics/statistics';
import { fingerprint, type Evaluator } from './evaluator.js';

/** KID's subsets: fixed, so that scores differ by their images alone. Subsets of half the images at most, or their spread would say nothing. */
const kidSubsets = { subsets: 50, seed: 0 } as const;
const largestSubset = 500;

/** What the reference stage found once. */
export interface ReferenceStatistics extends Statistics {
  /** Of the covariance. */
  readonly eigenvalues: Float64Array;
}

export interface ScoreInput {
  /** Of the generated images. */
  readonly generated: Features;
  /** Of the reference split. */
  readonly reference: Features;
  readonly referenceStatistics: ReferenceStatistics;
  /** Of other real images, for the floor. */
  readonly real: Features;
  readonly evaluator: Evaluator;
}

type Score = StageParams<'score'>['metrics'][number];
type Row = Pick<Metric, 'value' | 'spread' | 'details'>;

const scores: Readonly<Record<Score, (features: Features, input: ScoreInput) => Row>> = { fid, kid };

/**
 * One row a metric for the generated images, and one named *_floor for as many real ones: what a perfect generator would score at this n.
 * The floor takes fewer where fewer real images are at hand; its n says so. Throws stage.diverged where a feature is not a number.
 */
export function scoreRows(metrics: readonly Score[], input: ScoreInput): Metric[] {
  const { generated, real, evaluator } = input;
  checkGenerated(generated);
  const floor = rows(real, 0, Math.min(generated.n, real.n));
  const row = (name: string, score: Score, features: Features): Metric => {
    const { details, ...found } = scores[score](features, input);
    return { name, ...found, n: features.n, evaluator: fingerprint(evaluator), details: { ...details, evaluator } };
  };
  return metrics.flatMap((name) => [row(name, name, generated), row(`${name}_floor`, name, floor)]);
}

/** One row a metric for x0-hat along a walk, its value that of the last step; details: the value at every step. */
export function trajectoryRows(metrics: readonly Score[], trajectory: readonly Features[], input: Omit<ScoreInput, 'generated'>): Metric[] {
  const [last] = trajectory.slice(-1);
  if (last === undefined) return [];
  trajectory.forEach(checkGenerated);
  return metrics.map((name): Metric => {
    const values = trajectory.map((features) => scores[name](features, { ...input, generated: features }).value);
    return { name: `${name}_trajectory`, value: values.at(-1)!, n: last.n, evaluator: fingerprint(input.evaluator), details: { values } };
  });
}

/** Details: n and d of both sides, and the FID that n points of a Gaussian with the reference's covariance are expected to have. */
function fid(features: Features, { referenceStatistics }: ScoreInput): Row {
  const { n, d } = features;
  const expectedBias = expectedFidBias(referenceStatistics.eigenvalues, n, referenceStatistics.n);
  return { value: distance(features, referenceStatistics), details: { n, d, referenceN: referenceStatistics.n, expectedBias } };
}

function distance(features: Features, reference: Statistics): number {
  try {
    return frechetDistance(statistics(features), reference);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ElucidateError('stage.failed', `${cause.message}; leave fid out of evaluate.metrics, or name another evaluate.extractor`, { cause });
  }
}

function kid(features: Features, { reference }: ScoreInput): Row {
  const subsetSize = Math.max(2, Math.min(largestSubset, Math.floor(Math.min(features.n, reference.n) / 2)));
  const { value, spread } = kernelDistance(features, reference, { ...kidSubsets, subsetSize });
  return { value, spread, details: { ...kidSubsets, subsetSize, d: features.d, referenceN: reference.n } };
}

function checkGenerated({ values, n, d }: Features): void {
  if (n < 2) throw new ElucidateError('stage.failed', `FID and KID need at least 2 images, got ${n}; raise evaluate.samples`);
  const bad = values.findIndex((x: number) => !Number.isFinite(x));
  if (bad >= 0) throw new ElucidateError('stage.diverged', `Feature ${bad % d} of generated image ${Math.floor(bad / d)} is ${values[bad]}; the training or the sampling that made it diverged: try a lower learning rate or another sampler`);
}
