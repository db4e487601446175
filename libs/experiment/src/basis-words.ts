import { metricDef } from '@elucidate/metrics/metric-defs';
import { absent, digits, shortId } from './estimate-text.js';
import { higherIsBetter, metricOfKey, metricTitle } from './metric-requests.js';
import { plural } from './plural.js';
import type { ReferenceFacts, ScoreBasis, ScoreFacts, ScoreGroup } from './score-basis.js';

const featureWords: Readonly<Record<string, string>> = { standard: 'standard features', trained: 'features of a classifier trained for it', random: 'features of an untrained network', identity: 'pixels as features' };

const count = (images: number): string => images.toLocaleString('en-US');

/** A folder is known by 64 digits. */
const datasetWords = (dataset: string): string => dataset.replace(/[0-9a-f]{64}/, (hash) => hash.slice(0, 8));

const referenceWords = ({ dataset, split, size, resolution }: ReferenceFacts): string => `${count(size)} ${split} images of ${datasetWords(dataset)} at ${resolution}x${resolution}`;

function wordsOf({ extractor, inputRange, reference }: ScoreFacts): string {
  const features = extractor === null ? 'features of an extractor that is not recorded' : featureWords[extractor] ?? extractor;
  const range = inputRange === null || inputRange === '[-1, 1]' || inputRange === 'data units' ? '' : `, fed ${inputRange},`;
  return `${features}${range}${reference === null ? '' : ` against ${referenceWords(reference)}`}`;
}

/** Fewer reference images than so many times the features leave the reference's own covariance uncertain. */
const fewTimes = 10;

const synthetic = (dataset: string): boolean => /^(gaussian|mixture)/.test(dataset);

type Check = (facts: ScoreFacts) => string | false;

/** Extrapolating a FID takes so many times the features: of fewer images, its parts do not span them. */
const extrapolatedTimes = 4;
/** An interval of more than this part of the score, to either side, is wide. */
const wideMargin = 0.1;

const isExtrapolated = ({ metric }: ScoreFacts): boolean => metricOfKey(metric)?.name === 'fidinf';

/** The score whose interval is judged: the best beside it. */
const isWide = ({ best, margin }: ScoreFacts): boolean => margin != null && best !== null && margin > wideMargin * Math.abs(best);

const isFid = ({ metric }: ScoreFacts): boolean => metricOfKey(metric)?.name === 'fid';

/** Whether a metric is a distance, which is least between real images and real images. That of labels is a fraction: generated classes may be balanced better than those of a few real images. */
function isDistance({ metric }: ScoreFacts): boolean {
  const found = metricOfKey(metric);
  return found !== undefined && !higherIsBetter(metric) && !metricDef(found.name).needs.includes('labels');
}

/** In the order in which they are said. */
const checks: readonly Check[] = [
  ({ extractor }) => extractor === 'random' && 'features of an untrained network say little about images',
  ({ extractor, reference }) => extractor === 'identity' && reference !== null && !synthetic(reference.dataset) && 'pixels as features say nothing about how an image looks',
  ({ trainedOn, reference }) => trainedOn !== null && reference !== null && trainedOn !== reference.dataset && `the extractor was trained on ${trainedOn}, not on ${datasetWords(reference.dataset)}`,
  ({ extractor, inputRange }) => (extractor === 'standard' || extractor === 'trained') && inputRange !== null && inputRange !== '[-1, 1]' && `the extractor is fed pixels in ${inputRange}, and was trained on [-1, 1]`,
  (facts) => isFid(facts) && facts.n !== null && facts.features !== null && facts.n <= facts.features && `${count(facts.n)} images do not span ${count(facts.features)} features: FID is mostly bias`,
  (facts) => isExtrapolated(facts) && facts.n !== null && facts.features !== null && facts.n < extrapolatedTimes * facts.features && `FID is extrapolated from only ${count(facts.n)} images of ${count(facts.features)} features, fewer than ${extrapolatedTimes} times as many`,
  (facts) => isExtrapolated(facts) && isWide(facts) && `the extrapolated FID ${digits(facts.metric, facts.best!)} has a wide interval over new images, ± ${digits(facts.metric, facts.margin!)}`,
  ({ reference, features }) => reference !== null && reference.size < fewTimes * (features ?? 1) && `the reference has only ${count(reference.size)} images`,
  ({ reference }) => reference !== null && reference.split !== 'test' && `the reference is the ${reference.split} split, which networks are trained on`,
  ({ real, n }) => real?.n != null && n !== null && real.n < n && `the real-data baseline is of only ${count(real.n)} images`,
  // of fractions, such as precision, real images need not have the best
  (facts) => isDistance(facts) && facts.real !== null && facts.best !== null && facts.best < facts.real.value
    && `${metricTitle(facts.metric)} ${digits(facts.metric, facts.best)} is better than the ${digits(facts.metric, facts.real.value)} of real images, which no generator can be expected to be`,
];

/** What is to be said of scores with these facts. */
export const basisOf = (facts: ScoreFacts, evaluator: string | null, leftOut: readonly ScoreGroup[] = []): ScoreBasis => ({ ...facts, evaluator, words: wordsOf(facts), weak: checks.map((check) => check(facts)).filter((clause) => clause !== false), leftOut });

/** "Weak: a; b."; "" where nothing is. */
export const weakText = (bases: readonly Pick<ScoreBasis, 'weak'>[]): string => {
  const clauses = [...new Set(bases.flatMap(({ weak }) => weak))];
  return clauses.length === 0 ? '' : `Weak: ${clauses.join('; ')}.`;
};

/** "2.23", or "2.23 of 120 images" where these are not as many as the generated ones. */
function baselineText({ metric, n, real }: ScoreBasis): string {
  return real === null ? absent : `${digits(metric, real.value)}${real.n !== null && real.n !== n ? ` of ${count(real.n)} images` : ''}`;
}

/** What else the fingerprint of an evaluator is over: "layer pool; pixels in [-1, 1]; resize none; weights e00c8ab9; metrics of version 2"; "" where it is not recorded. */
export const fingerprintText = ({ layer, inputRange, resize, weights, implementation }: ScoreBasis): string => [
  layer === null ? '' : `layer ${layer}`, inputRange === null ? '' : `pixels in ${inputRange}`, resize === null ? '' : `resize ${resize}`,
  weights === null ? '' : `weights ${shortId(weights)}`, implementation === null ? '' : `metrics of version ${implementation}`,
].filter((part) => part !== '').join('; ');

/** Metrics of one evaluator and n: "n = 256 images, standard features against 10,000 test images of fashion-mnist at 16x16, evaluator f5078e8e, real-data baseline 2.23." */
function groupText(bases: readonly ScoreBasis[], named: boolean): string {
  const [{ n, words, evaluator }] = bases as [ScoreBasis];
  const baselines = bases.filter(({ real }) => real !== null).map((basis) => `${named ? `${metricTitle(basis.metric)} ` : ''}${baselineText(basis)}`).join(', ');
  return `n = ${n === null ? absent : count(n)} images, ${words}, evaluator ${evaluator === null ? absent : shortId(evaluator)}, real-data baseline ${baselines || absent}.`;
}

const groupName = ({ evaluator, n }: Pick<ScoreGroup, 'evaluator' | 'n'>): string => `n = ${n === null ? absent : count(n)}, evaluator ${evaluator === null ? absent : shortId(evaluator)}`;

/** "n = 256, evaluator f5078e8e: 3 configurations; n = 64, evaluator f5078e8e: 1 configuration". */
export const groupsText = (groups: readonly ScoreGroup[]): string => groups.map((group) => `${groupName(group)}: ${plural(group.configurations, 'configuration')}`).join('; ');

function leftOutText(bases: readonly ScoreBasis[]): string {
  const groups = new Map(bases.flatMap(({ leftOut }) => leftOut).map((group) => [groupName(group), group]));
  return groups.size === 0 ? '' : `Left out, as scores of another n or evaluator do not compare: ${groupsText([...groups.values()])}.`;
}

/** What scores rest on, for each evaluator and n, what makes them weak, and which others are left out; "" where nothing is scored. */
export function basesText(bases: readonly ScoreBasis[]): string {
  const groups = new Map<string, ScoreBasis[]>();
  for (const basis of bases) {
    const key = `${basis.evaluator} ${basis.n}`;
    groups.set(key, [...(groups.get(key) ?? []), basis]);
  }
  return [...[...groups.values()].map((group) => groupText(group, bases.length > 1)), weakText(bases), leftOutText(bases)].filter((part) => part !== '').join(' ');
}
