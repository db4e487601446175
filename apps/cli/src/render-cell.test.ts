import { basisOf } from '@elucidate/experiment/basis-words';
import type { CellDetail, CellStage } from '@elucidate/store/queries/cell-detail';
import { renderCell } from './render-cell.js';

const stage = (id: string, kind: CellStage['kind'], more: Partial<CellStage> = {}): CellStage => ({ id: id.padEnd(64, '0'), kind, state: 'done', codeVersion: 1, endedAt: null, error: null, provenance: null, metrics: {}, details: {}, outputs: [], attempts: [], ...more });
const train = stage('11aa', 'train', { outputs: [{ name: 'weights', hash: 'f'.repeat(64), sizeBytes: 3_000_000, mediaType: 'application/octet-stream' }] });
const samples = [stage('22aa', 'sample'), stage('22bb', 'sample', { state: 'failed' })];
const basis = basisOf({
  metric: 'fid', n: 256, extractor: 'random', weights: 'abc', trainedOn: null, layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference: { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, implementation: 2, real: { value: 2.23, n: 256 }, best: 31.276,
}, 'f5078e8e00');
const scores = [stage('33aa', 'score', { metrics: { fid: 31.276, kid: null }, outputs: [{ name: 'neighbours', hash: 'e'.repeat(64), sizeBytes: 2000, mediaType: 'image/png' }] }), stage('33bb', 'score', { state: 'waiting' })];

const detail: CellDetail = {
  sweepId: 's1', sweepName: 'quick\x1b[2J', cellId: 'abcdef01'.padEnd(64, '0'), config: { steps: 10, inputScale: 0.5, dropout: 0, learningRate: 0.004 }, varying: { steps: '10', inputScale: '0.5' },
  scores: [{ evaluator: 'f5078e8e00', n: 256, nfe: 19, metrics: { fid: { mean: 31.276, stddev: null, min: 31.276, max: 31.276, count: 1, diverged: 1, n: 256, real: 2.23 } }, bases: [basis] }],
  trials: samples.map(({ id }, i) => ({ trainSeed: 1, sampleSeed: i + 1, stages: { train: train.id, sample: id, score: scores[i]!.id } })), trialsCut: false,
  stages: [train, ...samples, ...scores], alsoIn: ['s0'],
};

test('a configuration shows what varies first, then what is not at its default, its scores, each trial with its stages, its files, and how to compute it again', () => {
  const text = renderCell(detail, ['fid', 'kid']);
  const lines = text.split('\n');
  expect(lines.slice(2, 5)).toEqual(['  inputScale    0.5   (varies)', '  steps         10   (varies)', '  learningRate  0.004']);
  for (const part of [
    'Configuration abcdef01 of quick\\x1b[2J (sweep s1; also in s0)', 'FID 31.28 over 1 trial, 1 diverged; NFE 19', 'n = 256 images, features of an untrained network against 10,000 test images of fashion-mnist at 16x16, evaluator f5078e8e, real-data baseline 2.23. Weak: ', 'Evaluator: layer pool; pixels in [-1, 1]; resize none; weights abc; metrics of version 2.',
    '  train seed 1, sample seed 1: FID 31.28, KID diverged', '    stages: train 11aa0000, sample 22aa0000, score 33aa0000', '  train seed 1, sample seed 2: no score', 'sample 22bb0000 (failed), score 33bb0000 (waiting)',
    `train weights       2.9 MiB  train seed 1  ${'f'.repeat(64)}`, `  train seed 1, sample seed 1  ${'e'.repeat(64)}`, 'elucidate show abcdef01 --sweep s1 --spec > abcdef01.json && ELUCIDATE_HOME=again elucidate run --local abcdef01.json',
  ]) expect(text).toContain(part);
});

test('scores of several seeds have their spread: in all, between training runs and sample seeds, and the bootstrap', () => {
  const several = (spread: { trainingRuns: number | null; samples: number | null; rest: number | null }) => {
    const estimate = { mean: 31.276, stddev: 2.5, min: 29, max: 34, count: 4, diverged: 0, n: 256, real: 2.23, confidence: { trainingRuns: 2, samples: 2, interval: null, reach: null, bestOfThree: null, spread: { ...spread, bootstrap: { low: 29.5, high: 33.25 } } } };
    return renderCell({ ...detail, scores: [{ ...detail.scores[0]!, metrics: { fid: estimate } }] }, ['fid']).split('\n').find((line) => line.includes('standard deviation'));
  };
  expect(several({ trainingRuns: 2.4, samples: 0.3, rest: 0.125 })).toBe('    standard deviation 2.50: between training runs 2.40, between sample seeds 0.30, rest 0.13; bootstrap interval [29.50, 33.25]');
  expect(several({ trainingRuns: 2.5, samples: null, rest: null })).toBe('    standard deviation 2.50; bootstrap interval [29.50, 33.25]');
});

test('what an extrapolated FID is the end of, and the classes over all trials, are shown where they were requested', () => {
  const classes = (shirt: number, coverage?: number) => [{ name: 'Shirt', real: 10, generated: shirt, ...(coverage !== undefined && { coverage }) }, { name: 'Bag', real: 30, generated: 40 - shirt, coverage: 0.5 }];
  const scored = (id: string, shirt: number, coverage?: number) => stage(id, 'score', { details: { fidinf: { sizes: [{ n: 40, fid: 12 }, { n: 20, fid: 15.5 }], low: 7, high: 10, bias: 3.5, expectedBias: 3.25 }, classcoverage: { classes: classes(shirt, coverage) }, classimbalance: { classes: [] } } });
  const lines = renderCell({ ...detail, stages: [train, ...samples, scored('33aa', 0, 0), scored('33bb', 8)] }, ['fidinf']).split('\n');
  expect(lines).toContain('  FIDinf of the first trial: [7.00, 10.00] over new images; FID 12.00 of 40 images, 15.50 of 20 images; the bias of all 40 is 3.50, theory expects 3.25');
  expect(lines).toContain('  Shirt  generated  10.0 %, real  25.0 %, coverage 0.000');
  expect(lines).toContain('  Bag    generated  90.0 %, real  75.0 %, coverage 0.500');
  expect(renderCell(detail, ['fid'])).not.toContain('Classes');
});
