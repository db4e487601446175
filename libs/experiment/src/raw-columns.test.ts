import { networks } from './design.js';
import { differingPaths, leavesOf } from './raw-columns.js';

test('the leaves of a part are its members by path; a list is one leaf, a named network its name', () => {
  expect([...leavesOf('sampler', { kind: 'ddim', eta: 0 })]).toEqual([['sampler.kind', 'ddim'], ['sampler.eta', 0]]);
  expect([...leavesOf('inputScale', 0.5)]).toEqual([['inputScale', 0.5]]);
  expect([...leavesOf('network', networks.tiny)]).toEqual([['network', 'tiny']]);
  expect([...leavesOf('network', { channels: [4, 8] })]).toEqual([['network.channels', '[4,8]']]);
  expect([...leavesOf('clampX0', undefined)]).toEqual([['clampX0', null]]);
});

test('only the paths that differ are columns, the kind first', () => {
  expect(differingPaths('schedule', [{ clipMin: 1e-9, tau: 1, kind: 'cosine' }, { kind: 'linear', clipMin: 1e-9 }])).toEqual(['schedule.kind', 'schedule.tau']);
  expect(differingPaths('sampler', [{ kind: 'ddim', eta: 0 }, { kind: 'ddim', eta: 1 }])).toEqual(['sampler.eta']);
  expect(differingPaths('steps', [5, 5])).toEqual([]);
});
