import { basisOf } from './basis-words.js';
import { renderTrials } from './render-trials.js';
import type { TrialRecord } from './trials.js';

const columns = ['cell', 'sampler.kind', 'sampler.eta', 'sampler.sChurn', 'steps', 'train_seed', 'sample_seed', 'state', 'fid', 'fid_real', 'diverged', 'n', 'train_stage'];
const trial = (over: TrialRecord): TrialRecord => ({ 'cell': 'a'.repeat(64), 'sampler.kind': 'ddim', 'sampler.eta': 0, 'sampler.sChurn': null, 'steps': 5, 'train_seed': 1, 'sample_seed': 1, 'state': 'done', 'fid': 31.274, 'fid_real': 2, 'diverged': false, 'n': 64, 'train_stage': 'b'.repeat(64), ...over });
const heun = trial({ 'sampler.kind': 'heun', 'sampler.eta': null, 'sampler.sChurn': 0, 'fid': 7 });
const headerOf = (trials: readonly TrialRecord[]): string[] => renderTrials({ columns, trials }, { sweepId: 's', more: false, bases: [] }).split('\n')[0]!.split('|').map((title) => title.trim()).filter((title) => title !== '');

test('a terminal shows ids by their first digits, scores with the digits of their metric, and no member that its kind implies', () => {
  expect(headerOf([trial({}), heun])).toEqual(['cell', 'sampler.kind', 'steps', 'train seed', 'sample seed', 'fid', 'train']);
  const text = renderTrials({ columns, trials: [trial({}), heun] }, { sweepId: 's', more: true, bases: [] });
  expect(text).toMatch(/\| aaaaaaaa \| ddim +\| 5 +\| 1 +\| 1 +\| 31\.27 \| bbbbbbbb \|/);
  expect(text).toContain('The first 2 trials of sweep s');
});

test('a member that differs within a kind is a column, and so is the state where a trial is not done', () => {
  expect(headerOf([trial({}), trial({ 'sampler.eta': 1 }), heun])).toContain('sampler.eta');
  expect(headerOf([trial({}), trial({ state: 'failed', fid: null })])).toContain('state');
  expect(headerOf([trial({}), trial({ n: 128 })])).toContain('n');
});

test('the caption says what the scores rest on, and what makes them weak', () => {
  const basis = basisOf({
    metric: 'fid', n: 64, extractor: 'random', weights: null, trainedOn: null, layer: null, features: 32, inputRange: null, resize: null, reference: { dataset: 'photos', split: 'test', size: 4000, resolution: 16 }, implementation: 2, real: { value: 2, n: 64 }, best: 7,
  }, 'e'.repeat(64));
  expect(renderTrials({ columns, trials: [heun] }, { sweepId: 's', more: false, bases: [basis] })).toContain('evaluator eeeeeeee, real-data baseline 2.00. Weak: features of an untrained network say little about images.');
});
