import { datasetSchema } from '@elucidate/experiment/dataset-grammar';
import { standardExtractors } from '@elucidate/experiment/extractors';
import { extractorFacts } from '@elucidate/training/feature-extractor';
import { evaluatorOf, fingerprint } from './evaluator.js';
import { datasetTitle } from './real-images.js';

const bytes = { count: 1, size: 32, channels: 1, data: new Uint8Array(1024) };
const reference = (dataset: string) => ({ dataset, split: 'test', size: 10_000, resolution: 32 }) as const;

describe('the fingerprint of an evaluator', () => {
  it('of the standard extractor on Fashion-MNIST is pinned: it changes only with the version of the metrics, now 2', () => {
    const { weights } = standardExtractors['fashion-mnist'];
    const facts = extractorFacts({ kind: 'classifier', weights: {} }, bytes);
    const dataset = datasetTitle(datasetSchema.parse({ name: 'fashion-mnist' }));
    expect(fingerprint(evaluatorOf(weights, facts, reference(dataset)))).toBe('addf053dd33d5bdaa500268dde5503445ecd74b2926f0885e4a62efe531b5879');
  });

  it('differs between ranges of pixels', () => {
    const of = (range: number) => fingerprint(evaluatorOf('w', extractorFacts({ kind: 'identity' }, bytes, range), reference('mnist')));
    expect(of(0.5)).not.toBe(of(1));
  });
});

describe('datasetTitle', () => {
  const folder = (changes: object) => ({ name: 'folder', contents: 'a'.repeat(64), ...changes });

  it.each([
    ['another folder', folder({}), folder({ contents: 'b'.repeat(64) })],
    ['grey instead of colour', folder({}), folder({ channels: 1 })],
    ['another mean', { name: 'gaussian' }, { name: 'gaussian', mean: 0.4 }],
    ['another part', { name: 'mixture' }, { name: 'mixture', parts: [{ weight: 1, mean: 0, std: 1 }] }],
  ])('describes %s', (_, one, other) => {
    expect(datasetTitle(datasetSchema.parse(one))).not.toBe(datasetTitle(datasetSchema.parse(other)));
  });

  it('does not depend on the resolution, nor on where a folder is', () => {
    expect(datasetTitle(datasetSchema.parse(folder({ resolution: 64, path: '/a' })))).toBe(datasetTitle(datasetSchema.parse(folder({}))));
  });
});
