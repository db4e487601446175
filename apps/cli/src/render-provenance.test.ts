import type { ProvenanceStage, ResultProvenance } from '@elucidate/store/queries/provenance';
import { renderProvenance } from './render-provenance.js';

const provenance = { engine: 'simd 0.1.0', threads: 2, device: 'EPYC', host: 'h1', node: 'v20.1.0', elucidate: '0.1.0' };
const attempt = { token: 2, workerId: 'w1', workerVersion: '0.1.0+aa', startedAt: '2024-01-02T01:00:00.000Z', endedAt: '2024-01-02T01:01:15.000Z' };
const stage = (id: string, kind: ProvenanceStage['kind'], more: Partial<ProvenanceStage> = {}): ProvenanceStage =>
  ({ id: id.padEnd(64, '0'), kind, state: 'done', codeVersion: 2, params: {}, inputs: {}, outputs: [], metrics: [], provenance, attempt, attempts: 1, ...more });
const metric = (name: string, value: number | null, n: number, details: Record<string, unknown> | null = null) => ({ name, value, n, stddev: null, evaluator: 'f5078e8e00', details });

const result: ResultProvenance = {
  stageId: '33aa'.padEnd(64, '0'), trialsCut: false,
  trials: [{ sweepId: 's1', sweepName: 'quick\x1b[2J', owner: 'ann', cellId: 'abcdef0199', trainSeed: 3, sampleSeed: 5 }],
  stages: [
    stage('11aa', 'train', { provenance: { ...provenance, program: { torch: '2.1', device: 'cpu' } }, codeVersion: 1, params: { schedule: { kind: 'linear', clipMin: 1e-9 }, seed: 3 }, outputs: [{ name: 'weights', hash: 'f'.repeat(64), sizeBytes: 3_000_000, mediaType: 'x/y' }], metrics: [{ name: 'loss', value: 0.125, n: null, stddev: null, evaluator: null, details: null }] }),
    stage('22aa', 'sample', { attempt: null, provenance: null }),
    stage('33aa', 'score', { inputs: { sample: '22aa'.padEnd(64, '0') }, attempts: 3, metrics: [metric('kid', null, 256), metric('fid_real', 2.2345, 200), metric('fid', 31.27612, 256, { evaluator: { layer: 'pool', reference: { split: 'test' } } })] }),
  ],
};

test('a number is printed with its basis, its trial, each stage with who computed it and what it left, and the command that computes it again', () => {
  const text = renderProvenance(result);
  for (const part of [
    'score 33aa0000\n  FID 31.28 (31.27612); n = 256, evaluator f5078e8e, real images 2.23 at n = 200\n  KID diverged; n = 256', 'Evaluator f5078e8e00\n  layer          pool\n  reference      {"split":"test"}',
    '  configuration abcdef01, train seed 3, sample seed 5 of quick\\x1b[2J (sweep s1 of ann)',
    `  train ${'11aa'.padEnd(64, '0')}, code version 1 (this program has 2)\n    by attempt 2 on w1, version 0.1.0+aa, 2024-01-02T01:00:00Z in 1:15\n    on simd 0.1.0, 2 threads, EPYC, host h1; node v20.1.0, elucidate 0.1.0; the program says torch 2.1, device cpu\n    params: schedule linear; seed 3\n    loss 0.125\n    weights ${'f'.repeat(64)} (sha256, 2.9 MiB)`,
    'no attempt is on record', 'code version 2, reads sample 22aa0000\n    by attempt 2 (of 3)', 'elucidate provenance 33aa0000 --spec > 33aa0000.json && ELUCIDATE_HOME=again elucidate run --local 33aa0000.json',
  ]) expect(text).toContain(part);
});

test('a stage without a score or a trial says so and names no command that cannot work', () => {
  const text = renderProvenance({ ...result, trials: [], stages: [stage('33aa', 'score', { state: 'waiting', attempt: null, attempts: 0, provenance: null })] });
  expect(text).toContain('no score yet: waiting');
  expect(text).not.toContain('--spec');
});
