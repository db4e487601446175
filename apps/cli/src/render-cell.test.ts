import type { CellDetail, CellStage } from '@elucidate/store/queries/cell-detail';
import { renderCell } from './render-cell.js';

const stage = (id: string, kind: CellStage['kind'], more: Partial<CellStage> = {}): CellStage => ({ id: id.padEnd(64, '0'), kind, state: 'done', codeVersion: 1, endedAt: null, error: null, provenance: null, metrics: {}, outputs: [], ...more });
const train = stage('11aa', 'train', { outputs: [{ name: 'weights', hash: 'f'.repeat(64), sizeBytes: 3_000_000, mediaType: 'application/octet-stream' }] });
const samples = [stage('22aa', 'sample'), stage('22bb', 'sample', { state: 'failed' })];
const scores = [stage('33aa', 'score', { metrics: { fid: 31.276, kid: null } }), stage('33bb', 'score', { state: 'waiting' })];

const detail: CellDetail = {
  sweepId: 's1', sweepName: 'quick\x1b[2J', cellId: 'abcdef01'.padEnd(64, '0'), config: { steps: 10, inputScale: 0.5, dropout: 0, learningRate: 0.004 }, varying: { steps: '10', inputScale: '0.5' },
  scores: [{ evaluator: 'f5078e8e00', n: 256, nfe: 19, metrics: { fid: { mean: 31.276, stddev: null, min: 31.276, max: 31.276, count: 1, diverged: 1, n: 256, real: 2.23 } } }],
  trials: samples.map(({ id }, i) => ({ trainSeed: 1, sampleSeed: i + 1, stages: { train: train.id, sample: id, score: scores[i]!.id } })), trialsCut: false,
  stages: [train, ...samples, ...scores], alsoIn: ['s0'],
};

test('a configuration shows what varies first, then what is not at its default, its scores, each trial with its stages, its files, and how to compute it again', () => {
  const text = renderCell(detail, ['fid', 'kid']);
  const lines = text.split('\n');
  expect(lines.slice(2, 5)).toEqual(['  inputScale    0.5   (varies)', '  steps         10   (varies)', '  learningRate  0.004']);
  for (const part of [
    'Configuration abcdef01 of quick\\x1b[2J (sweep s1; also in s0)', 'FID 31.28 over 1 trial, 1 diverged; n = 256, NFE 19, evaluator f5078e8e, real images 2.23',
    '  train seed 1, sample seed 1: FID 31.28, KID diverged', '    stages: train 11aa0000, sample 22aa0000, score 33aa0000', '  train seed 1, sample seed 2: no score yet', 'sample 22bb0000 (failed), score 33bb0000 (waiting)',
    `train weights       2.9 MiB  train seed 1  ${'f'.repeat(64)}`, 'elucidate show abcdef01 --sweep s1 --spec > abcdef01.json && ELUCIDATE_HOME=again elucidate run --local abcdef01.json',
  ]) expect(text).toContain(part);
});
