import { basesText, basisOf, weakText } from './basis-words.js';
import { parseSpec } from './parse-spec.js';
import type { ScoreFacts } from './score-basis.js';
import { factsOf, plannedWeaknesses } from './score-facts.js';
import { standardExtractors } from './extractors.js';

const reference = { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 };
const sound: ScoreFacts = {
  metric: 'fid', n: 256, extractor: 'standard', weights: 'abc', trainedOn: 'fashion-mnist', layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference, implementation: 2, real: { value: 2.23, n: 256 }, best: 31.1,
};
const weakOf = (change: Partial<ScoreFacts>): readonly string[] => basisOf({ ...sound, ...change }, 'f5078e8e00').weak;

test('scores of the standard extractor, of more images than features, against the test split are called nothing', () => {
  expect(weakOf({})).toEqual([]);
  expect(basesText([basisOf(sound, 'f5078e8e00')])).toBe('n = 256 images, standard features against 10,000 test images of fashion-mnist at 16x16, evaluator f5078e8e, real-data baseline 2.23.');
});

test.each<[string, Partial<ScoreFacts>, string]>([
  ['an untrained extractor', { extractor: 'random', trainedOn: null }, 'features of an untrained network say little about images'],
  ['pixels', { extractor: 'identity', trainedOn: null, features: 100 }, 'pixels as features say nothing about how an image looks'],
  ['an extractor of another data set', { reference: { ...reference, dataset: `folder ${'a'.repeat(64)}, colour` } }, 'the extractor was trained on fashion-mnist, not on folder aaaaaaaa, colour'],
  ['an input range that the extractor was not trained on', { inputRange: '[-0.5, 0.5]' }, 'the extractor is fed pixels in [-0.5, 0.5], and was trained on [-1, 1]'],
  ['as few images as features', { n: 64, real: { value: 2.23, n: 64 } }, '64 images do not span 64 features: FID is mostly bias'],
  ['as few images as features, of a metric of some of them', { metric: 'fid@64', n: 64, real: null }, '64 images do not span 64 features: FID is mostly bias'],
  ['an extrapolation from few images', { metric: 'fidinf', n: 255, real: null }, 'FID is extrapolated from only 255 images of 64 features, fewer than 4 times as many'],
  ['an extrapolation with a wide interval', { metric: 'fidinf(points 2)', real: null, best: 31.1, margin: 3.2 }, 'the extrapolated FID 31.10 has a wide interval over new images, ± 3.20'],
  ['a small reference', { reference: { ...reference, size: 300 } }, 'the reference has only 300 images'],
  ['the train split as reference', { reference: { ...reference, split: 'train' } }, 'the reference is the train split, which networks are trained on'],
  ['a baseline of fewer images', { real: { value: 2.23, n: 120 } }, 'the real-data baseline is of only 120 images'],
  ['a score below the baseline', { best: 1.5 }, 'FID 1.50 is better than the 2.23 of real images, which no generator can be expected to be'],
])('%s is said to make scores weak', (_, change, words) => {
  expect(weakOf(change)).toEqual([words]);
});

test.each<[string, Partial<ScoreFacts>]>([
  ['one image more than features', { n: 65, real: { value: 2.23, n: 65 } }],
  ['an extrapolation from four times as many images as features, with a narrow interval', { metric: 'fidinf', real: null, best: 31.1, margin: 3.1 }],
  ['KID of few images, which is unbiased', { metric: 'kid', n: 64, real: { value: 0.1, n: 64 } }],
  ['pixels of a known distribution', { extractor: 'identity', trainedOn: null, reference: { ...reference, dataset: 'gaussian, mean 0.3, std 0.5' } }],
  ['a precision above that of real images', { metric: 'precision', best: 0.9, real: { value: 0.8, n: 256 } }],
  ['classes that are balanced better than those of real images', { metric: 'classimbalance', best: 0.02, real: { value: 0.05, n: 256 } }],
  ['what is not recorded', { extractor: null, weights: null, trainedOn: null, features: null, inputRange: null, reference: null, real: null, best: null, n: null }],
])('%s is not', (_, change) => {
  expect(weakOf(change)).toEqual([]);
});

test('each clause is said once, whatever number of metrics it is about, and each baseline with its own n', () => {
  const bases = ['fid', 'kid'].map((metric) => basisOf({ ...sound, metric, extractor: 'random', trainedOn: null, real: { value: 2, n: metric === 'fid' ? 256 : 100 } }, 'e'));
  expect(weakText(bases).match(/untrained/g)).toHaveLength(1);
  expect(basesText(bases)).toMatch(/^n = 256 images, features of an untrained network against .* evaluator e, real-data baseline FID 2\.00, KID 2\.0000 of 100 images\. Weak: /);
  expect(basesText([])).toBe('');
});

test('the facts are those that the score stage recorded; the kind of extractor is that of the weights', () => {
  const config = { extractor: { kind: 'random', seed: 1, channels: 1 }, dataset: { name: 'fashion-mnist', resolution: 16 } } as const;
  const evaluator = { weights: 'f'.repeat(64), layer: 'pool, untrained', inputRange: [-1, 1], resize: 'none', reference, metricVersion: 2 };
  const score = { metric: 'fid', n: 256, evaluator, config, real: null, best: null };
  expect(factsOf(score)).toEqual({ ...sound, ...score, evaluator: undefined, config: undefined, extractor: 'random', trainedOn: null, weights: evaluator.weights, layer: 'pool, untrained' });
  expect(factsOf({ ...score, evaluator: { ...evaluator, weights: standardExtractors['fashion-mnist'].weights } })).toMatchObject({ extractor: 'standard', trainedOn: 'fashion-mnist' });
  expect(factsOf({ ...score, config: { ...config, extractor: { kind: 'identity' } } })).toMatchObject({ features: 256 });
  expect(basisOf(factsOf({ ...score, evaluator: null, config: {} }), 'e')).toMatchObject({ words: 'features of an extractor that is not recorded', weak: [] });
});

test.each<[Record<string, unknown>, string[]]>([
  [{}, []],
  [{ extractor: 'random', samples: 64 }, ['features of an untrained network say little about images', '64 images do not span 64 features: FID is mostly bias']],
  [{ metrics: ['fidinf'], samples: 128 }, ['FID is extrapolated from only 128 images of 64 features, fewer than 4 times as many']],
  [{ metrics: ['kid', { kind: 'fid', n: 32 }] }, ['32 images do not span 64 features: FID is mostly bias']],
  [{ inputRange: 0.5 }, ['the extractor is fed pixels in [-0.5, 0.5], and was trained on [-1, 1]']],
  [{ extractor: { kind: 'trained', dataset: 'mnist' } }, ['the extractor was trained on mnist, not on fashion-mnist']],
])('a plan of %j says what will be weak', (evaluate, weak) => {
  expect(plannedWeaknesses(parseSpec({ name: 'x', dataset: 'fashion-mnist', evaluate }))).toEqual(weak);
});
