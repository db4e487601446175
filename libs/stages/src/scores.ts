import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric } from '@elucidate/experiment/execution';
import { metricKey, resolveMetric } from '@elucidate/experiment/metric-requests';
import type { MetricRequest } from '@elucidate/experiment/metric-requests';
import { rows, type Features } from '@elucidate/metrics/features';
import { scoresAnyFeatures, scoresSteps, type MetricDef, type MetricImages, type MetricNeed, type Reference } from '@elucidate/metrics/metric';
import { metricDef } from '@elucidate/metrics/metric-defs';
import { fingerprint, type Evaluator } from './evaluator.js';

export interface ScoreInput {
  /** Of the generated images. */
  readonly generated: Features;
  /** The generated images themselves; read only if a metric needs them. */
  readonly images?: MetricImages;
  readonly reference: Reference;
  /** Of real images other than the reference, from the training split: for the real-data baseline, and for metrics that need them. */
  readonly training: Features;
  readonly evaluator: Evaluator;
}

/** One requested metric. */
interface RequestedMetric {
  readonly key: string;
  readonly def: MetricDef;
  readonly settings: Readonly<Record<string, number>>;
  /** Number of images it is computed from; all if absent. */
  readonly n?: number;
}

function requestedMetric(request: MetricRequest): RequestedMetric {
  const { name, settings, n } = resolveMetric(request);
  return { key: metricKey(request), def: metricDef(name), settings, ...(n !== undefined && { n }) };
}

/** Whether some of these metrics need something besides features: the generated images, or the labels of the real ones. */
export const someNeed = (requests: readonly MetricRequest[], need: MetricNeed): boolean => requests.some((request) => requestedMetric(request).def.needs.includes(need));

/**
 * One row per metric for the generated images, and one named *_real for as many real ones: what a perfect generator would score at this n.
 * The baseline uses fewer if fewer real images are available, as its n shows. Throws stage.diverged if a feature is not a number.
 */
export function scoreRows(requests: readonly MetricRequest[], input: ScoreInput): Metric[] {
  const { generated, training, evaluator } = input;
  checkGenerated(generated);
  const row = (metric: RequestedMetric, name: string, features: Features): Metric => {
    const { details, ...found } = compute(metric, features, input);
    return { name, ...found, n: features.n, evaluator: fingerprint(evaluator), details: { ...details, evaluator } };
  };
  return requests.map(requestedMetric).flatMap((metric) => {
    const n = Math.min(metric.n ?? generated.n, generated.n);
    const score = row(metric, metric.key, rows(generated, 0, n));
    return !scoresAnyFeatures(metric.def) ? [score] : [score, row(metric, `${metric.key}_real`, rows(training, 0, Math.min(n, training.n)))];
  });
}

/** One row per metric of features alone for x0-hat along a sampling trajectory, its value that of the last step; details: the value at every step. */
export function trajectoryRows(requests: readonly MetricRequest[], trajectory: readonly Features[], input: Omit<ScoreInput, 'generated'>): Metric[] {
  const [last] = trajectory.slice(-1);
  if (last === undefined) return [];
  trajectory.forEach(checkGenerated);
  return requests.map(requestedMetric).filter(({ def }) => scoresSteps(def)).map((metric): Metric => {
    const n = Math.min(metric.n ?? last.n, last.n);
    const values = trajectory.map((features) => compute(metric, rows(features, 0, n), input).value);
    return { name: `${metric.key}_trajectory`, value: values.at(-1)!, n, evaluator: fingerprint(input.evaluator), details: { values } };
  });
}

function compute({ key, def, settings }: RequestedMetric, features: Features, { reference, training, images }: Omit<ScoreInput, 'generated'>) {
  try {
    return def.compute({ features, reference, ...(def.needs.includes('training') && { training }), ...(def.needs.includes('images') && images && { images: firstImages(images, features.n) }) }, settings);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ElucidateError('stage.failed', `${key}: ${cause.message}; leave it out of evaluate.metrics, or name another evaluate.extractor`, { cause });
  }
}

const firstImages = ({ size, channels, data }: MetricImages, count: number): MetricImages => ({ count, size, channels, data: data.subarray(0, count * size * size * channels) });

function checkGenerated({ values, n, d }: Features): void {
  if (n < 2) throw new ElucidateError('stage.failed', `A score needs at least 2 images, got ${n}; raise evaluate.samples`);
  const bad = values.findIndex((x: number) => !Number.isFinite(x));
  if (bad >= 0) throw new ElucidateError('stage.diverged', `Feature ${bad % d} of generated image ${Math.floor(bad / d)} is ${values[bad]}; the training or the sampling that made it diverged: try a lower learning rate or another sampler`);
}
