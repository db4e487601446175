import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { metricKeysText, metricOfKey } from '@elucidate/experiment/metric-requests';
import { covarianceEigenvalues } from '@elucidate/metrics/bias';
import { rows, type Features } from '@elucidate/metrics/features';
import { scoresAnyFeatures, type MetricDef, type MetricInput, type MetricResult, type ReferenceLabels } from '@elucidate/metrics/metric';
import { metricDef } from '@elucidate/metrics/metric-defs';
import { statistics } from '@elucidate/metrics/statistics';
import { metricVersion } from './evaluator.js';
import { sha256 } from './files.js';
import type { FeatureFile } from './feature-files.js';

/** What features from files are scored against. */
export interface ScoringBasis {
  /** Metrics' keys. */
  readonly metrics: readonly string[];
  /** Of real images that no generator was trained on. */
  readonly reference: FeatureFile;
  /** Of training images: for the real-data baseline, and for metrics that need them. */
  readonly training?: FeatureFile;
  /** Of the reference, for metrics of classes. */
  readonly labels?: { readonly file: string; readonly of: ArrayLike<number> };
  /** What somebody says computed the features; by default what the files say. */
  readonly extractor?: string | undefined;
}

/** One metric of one file, and `real`, its real-data baseline: the same of as many training images, or of all where there are fewer. */
export interface FeatureScore extends MetricResult {
  readonly metric: string;
  readonly n: number;
  readonly real?: { readonly value: number; readonly n: number };
}

/** Scores one file after another against one reference. */
export interface FeatureScorer {
  readonly extractor: string;
  /** sha256 of what two scores must share: the extractor as declared, the numbers of the reference, and the version of the metrics. */
  readonly evaluator: string;
  /** Throws 'request.invalid', naming what does not fit. */
  score(generated: FeatureFile): FeatureScore[];
}

interface Requested {
  key: string;
  def: MetricDef;
  settings: Readonly<Record<string, number>>;
  n: number | undefined;
}

const invalid = (what: string, cause?: unknown): ElucidateError => new ElucidateError('request.invalid', what, { cause });
const sizeText = ({ n, d }: Features): string => `${n} images, ${d} features each`;

/** A scorer for features that were computed elsewhere. Throws 'request.invalid' for metrics that need what is not given. */
export function featureScorer(basis: ScoringBasis): FeatureScorer {
  const { reference, training, labels } = basis;
  const requested = basis.metrics.map((key) => requestedMetric(key, basis));
  const extractor = extractorOf([reference, ...(training ? [training] : [])], basis.extractor);
  if (training) checkWidths(training, reference);
  const summary = statistics(reference.features);
  const real = { features: reference.features, statistics: summary, eigenvalues: covarianceEigenvalues(summary), ...(labels && { labels: classesOf(labels, reference) }) };
  const one = (metric: Requested, file: FeatureFile, n: number): MetricResult => computed(metric, { features: rows(file.features, 0, n), reference: real, ...(metric.def.needs.includes('training') && { training: training!.features }) }, file.file);
  return {
    extractor,
    evaluator: contentId({ extractor, reference: hashOf(reference.features), ...neededBy(requested, basis), metricVersion }),
    score: (generated) => {
      extractorOf([reference, generated], basis.extractor);
      checkWidths(generated, reference);
      return requested.map((metric) => {
        const n = imagesFor(metric, generated);
        const baseline = training && scoresAnyFeatures(metric.def) ? Math.min(n, training.features.n) : undefined;
        return { metric: metric.key, ...one(metric, generated, n), n, ...(baseline !== undefined && { real: { value: one(metric, training!, baseline).value, n: baseline } }) };
      });
    },
  };
}

function requestedMetric(key: string, { reference, training, labels }: ScoringBasis): Requested {
  const found = metricOfKey(key);
  if (found === undefined) throw invalid(`${JSON.stringify(key)} is no metric; expected ${metricKeysText}`);
  const def = metricDef(found.name);
  if (def.needs.includes('images')) throw invalid(`${key} is computed from images, not from features alone; leave it out of --metrics`);
  if (def.needs.includes('labels') && labels === undefined) throw invalid(`${key} needs the class of each image of the reference; name their file with --labels, or leave it out of --metrics`);
  if (def.needs.includes('training') && training === undefined) throw invalid(`${key} needs features of the images that were trained on; name their file with --training, or leave it out of --metrics`);
  const fewest = def.fewest(found.settings);
  if (reference.features.n < fewest) throw invalid(`${JSON.stringify(reference.file)}: ${key} needs at least ${fewest} images, the reference has ${reference.features.n}`);
  return { key, def, settings: found.settings, n: found.n };
}

/** How many images a metric is computed from. */
function imagesFor({ key, def, settings, n = Infinity }: Requested, { file, features }: FeatureFile): number {
  const fewest = def.fewest(settings);
  if (n < Infinity && n > features.n) throw invalid(`${JSON.stringify(file)}: ${key} is of ${n} images, the file has ${features.n}`);
  if (Math.min(n, features.n) < fewest) throw invalid(`${JSON.stringify(file)}: ${key} needs at least ${fewest} images, got ${Math.min(n, features.n)}`);
  return Math.min(n, features.n);
}

/** The one extractor of all files: what is declared, unless a file says otherwise. */
function extractorOf(files: readonly FeatureFile[], declared: string | undefined): string {
  const said = files.filter((file) => file.extractor !== undefined);
  const extractor = declared ?? said[0]?.extractor;
  if (!extractor) throw invalid(`${JSON.stringify(files[0]!.file)} does not say which extractor its features are of; name it with --extractor, as in --extractor dinov2-vitl14`);
  const other = said.find((file) => file.extractor !== extractor);
  if (other) throw invalid(`${JSON.stringify(other.file)} says that its features are of extractor ${other.extractor}, ${declared === undefined ? `${JSON.stringify(said[0]!.file)} that its own are of` : '--extractor names'} ${extractor}; they cannot be compared`);
  return extractor;
}

function checkWidths(one: FeatureFile, reference: FeatureFile): void {
  if (one.features.d !== reference.features.d) throw invalid(`${JSON.stringify(one.file)} has ${sizeText(one.features)}, ${JSON.stringify(reference.file)} ${sizeText(reference.features)}; features of two extractors cannot be compared`);
}

function classesOf({ file, of }: NonNullable<ScoringBasis['labels']>, { file: reference, features }: FeatureFile): ReferenceLabels {
  if (of.length !== features.n) throw invalid(`${JSON.stringify(file)} has ${of.length} labels, ${JSON.stringify(reference)} features of ${features.n} images; expected one for each`);
  const present = [...new Set(Array.from(of))].sort((a, b) => a - b);
  const places = new Map(present.map((label, place) => [label, place]));
  return { classes: present.map(String), of: Array.from(of, (label) => places.get(label)!) };
}

function computed({ key, def, settings }: Requested, input: MetricInput, file: string): MetricResult {
  try {
    return def.compute(input, settings);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw invalid(`${JSON.stringify(file)}: ${key}: ${cause.message}`, cause);
  }
}

/** The same for float32 and float64, and for every kind of file. */
const hashOf = ({ values, d }: Features): string => contentId({ d, sha256: sha256(new Uint8Array(Float64Array.from(values).buffer)) });

/** Hashes of what some metric is computed from besides the reference; without such a metric, baselines and labels change no score. */
const neededBy = (requested: readonly Requested[], { training, labels }: ScoringBasis): { training?: string; labels?: string } => ({
  ...(training && requested.some(({ def }) => def.needs.includes('training')) && { training: hashOf(training.features) }),
  ...(labels && requested.some(({ def }) => def.needs.includes('labels')) && { labels: hashOf({ values: Float64Array.from(labels.of), n: labels.of.length, d: 1 }) }),
});
