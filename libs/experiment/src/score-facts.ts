import { channelsOf, type DatasetSpec } from './dataset-grammar.js';
import { featureWidth, standardExtractors, type ExtractorSpec } from './extractors.js';
import { metricKey, resolveMetric } from './metric-requests.js';
import { basisOf } from './basis-words.js';
import type { ReferenceFacts, ScoreFacts } from './score-basis.js';
import type { Spec } from './spec.js';

/** An evaluator as score stages record it; what an imported score does not say is absent. */
export interface RecordedEvaluator {
  weights?: string;
  layer?: string;
  inputRange?: readonly number[] | string;
  resize?: string;
  reference?: ReferenceFacts;
  metricVersion?: number;
}

/** One score, and what is recorded of how it was made. */
export interface RecordedScore {
  metric: string;
  n: number | null;
  evaluator: RecordedEvaluator | null;
  config: { readonly extractor?: ExtractorSpec; readonly dataset?: DatasetSpec };
  real: { value: number; n: number | null } | null;
  best: number | null;
  margin?: number | null | undefined;
}

/** Features of an image: those of a network, or its pixels. */
const featuresOf = ({ kind }: Pick<ExtractorSpec, 'kind'>, dataset: DatasetSpec): number => (kind === 'identity' ? dataset.resolution ** 2 * channelsOf(dataset) : featureWidth);

const standardOf = (weights: string | undefined): string | null => Object.entries(standardExtractors).find(([, standard]) => standard.weights === weights)?.[0] ?? null;

const rangeText = (range: RecordedEvaluator['inputRange']): string | null => (range === undefined ? null : typeof range === 'string' ? range : `[${range.join(', ')}]`);

/** What is known of a score: the evaluator that its stage recorded; what kind of extractor that was, its configuration says. */
export function factsOf({ metric, n, evaluator, config: { extractor, dataset }, real, best, margin }: RecordedScore): ScoreFacts {
  const standard = standardOf(evaluator?.weights);
  return {
    metric, n, real, best, ...(margin != null && { margin }),
    extractor: standard === null ? extractor?.kind ?? null : 'standard', weights: evaluator?.weights ?? null,
    trainedOn: standard ?? (extractor?.kind === 'trained' ? extractor.dataset : null),
    layer: evaluator?.layer ?? null, features: extractor === undefined || dataset === undefined ? null : featuresOf(extractor, dataset),
    inputRange: rangeText(evaluator?.inputRange), resize: evaluator?.resize ?? null, reference: evaluator?.reference ?? null, implementation: evaluator?.metricVersion ?? null,
  };
}

/** Images of the test split, where that is known without reading them. */
const testImages: Readonly<Record<DatasetSpec['name'], number | null>> = { 'fashion-mnist': 10_000, 'mnist': 10_000, 'folder': null, 'gaussian': 10_000, 'mixture': 10_000 };

/** What will make the scores of a sweep weak, as far as that is known before it runs: "FID: ...". */
export function plannedWeaknesses({ dataset, evaluate: { samples, metrics, extractor, inputRange } }: Pick<Spec, 'dataset' | 'evaluate'>): string[] {
  const size = testImages[dataset.name];
  const reference = size === null ? null : { dataset: dataset.name, split: 'test', size, resolution: dataset.resolution };
  const weak = metrics.flatMap((request) => basisOf({
    metric: metricKey(request), n: Math.min(samples, resolveMetric(request).n ?? samples), extractor: extractor.kind, weights: null,
    trainedOn: extractor.kind === 'standard' ? 'fashion-mnist' : extractor.kind === 'trained' ? extractor.dataset : null,
    layer: null, features: featuresOf(extractor, dataset), inputRange: `[-${inputRange}, ${inputRange}]`, resize: null, reference, implementation: null, real: null, best: null,
  }, null).weak);
  return [...new Set(weak)];
}
