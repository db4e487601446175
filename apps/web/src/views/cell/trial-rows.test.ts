import { trialRows } from './trial-rows.js';

const stage = (id: string, metrics: Record<string, number | null>) => ({ id, state: 'done', metrics });

test('a trial has the numbers of its own stages: its scores, those of real images beside them, none where it has none yet, and null where it diverged', () => {
  const cell = {
    scores: [{ metrics: { fid: {}, kid: {} } }],
    trials: [{ trainSeed: 1, sampleSeed: 1, stages: { sample: 'a', score: 'b' } }, { trainSeed: 2, sampleSeed: 1, stages: { sample: 'c', score: 'd' } }, { trainSeed: 3, sampleSeed: 1, stages: { sample: 'gone' } }],
    stages: [stage('a', { nfe: 19 }), stage('b', { fid: 31.6, fid_real: 2.2, kid: 0.01 }), stage('c', {}), stage('d', { fid: null })],
  };
  expect(trialRows(cell as never)).toEqual({
    metrics: ['fid', 'kid'],
    rows: [
      { trainSeed: 1, sampleSeed: 1, nfe: 19, scores: { fid: { value: 31.6, real: 2.2 }, kid: { value: 0.01, real: null } }, stages: [{ role: 'sample', id: 'a', state: 'done' }, { role: 'score', id: 'b', state: 'done' }] },
      { trainSeed: 2, sampleSeed: 1, nfe: null, scores: { fid: { value: null, real: null } }, stages: [{ role: 'sample', id: 'c', state: 'done' }, { role: 'score', id: 'd', state: 'done' }] },
      { trainSeed: 3, sampleSeed: 1, nfe: null, scores: {}, stages: [] },
    ],
  });
});
