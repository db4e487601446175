import type { WhyGroup } from '@elucidate/experiment/why';
import { renderWhy } from './render-why.js';

const group = (more: Partial<WhyGroup>): WhyGroup => ({ kind: 'train', stages: 1, why: 'first', example: { stage: '11aa22bb33' }, ...more });

test.each<[string, Partial<WhyGroup>, string]>([
  ['a parameter', { why: 'differs', stages: 3, differences: [{ path: 'seed', from: [1], to: [2, 3], more: true }, { path: 'sampler.eta', from: [null], to: ['\x1b'], more: false }], example: { stage: '11aa22bb33', nearest: '44cc55dd66' } }, '       3 train: seed 2, 3, ... in place of 1, ...; sampler.eta \\x1b in place of none (nearest: 44cc55dd); first 11aa22bb'],
  ['an input', { why: 'input', inputs: ['embed', 'sample'] }, '       1 train: its embed, sample run; 11aa22bb'],
  ['a stage that is there', { why: 'unfinished', state: 'failed', stages: 2 }, '       2 train: they are there already, and are failed; first 11aa22bb'],
  ['the first of a kind', {}, '       1 train: no train stage has been done here; 11aa22bb'],
  ['another input', { why: 'differs', differences: [{ path: 'input extractor', from: ['aabbccddee'], to: ['ffaabbccdd'], more: false }] }, '       1 train: input extractor ffaabbcc in place of aabbccdd; 11aa22bb'],
])('%s is one line', (_, more, line) => {
  expect(renderWhy([group(more)]).split('\n')).toEqual(['  why they run', line]);
});

test('of a plan that runs nothing it says so', () => {
  expect(renderWhy([])).toBe('  nothing runs: every stage has been done');
});
