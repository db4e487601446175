import { measureAxis, parameterAxis } from '@elucidate/figures/parallel-scales';
import { brushed } from './brushed.js';
import { keptOf, labelsOf, rangeOf, withLabels, withRange } from './kept.js';

const sampler = { path: 'sampler', title: 'sampler', numeric: false, values: ['ddim(eta 0)', 'heun', 'euler'] };
const steps = { path: 'steps', title: 'steps', numeric: true, values: [5, 10, 80] };
const fid = { name: 'fid', title: 'FID', quantiles: Array.from({ length: 21 }, (_, i) => 10 + i), evaluator: 'e', n: 64, real: 1 };
const plot = { axes: [sampler, steps], measures: [fid] };
const none = keptOf(new URLSearchParams());

test('what is kept is read from the address as it was written there, also of metrics with settings and labels with colons', () => {
  const kept = withRange(withLabels(none, 'sampler', ['heun', 'a:b']), 'precision(k 5)@64', ['0.5', '']);
  const query = new URLSearchParams([...kept.keep.map((pair) => ['keep', pair]), ...kept.within.map((pair) => ['within', pair])]);
  expect(keptOf(query)).toEqual(kept);
  expect([labelsOf(kept, 'sampler'), labelsOf(kept, 'steps'), rangeOf(kept, 'precision(k 5)@64'), rangeOf(kept, 'fid')]).toEqual([['heun', 'a:b'], [], ['0.5', ''], ['', '']]);
  expect(withRange(withLabels(kept, 'sampler', []), 'precision(k 5)@64', ['', ''])).toEqual(none);
});

test('a brush keeps the labels it passes over, or the range of numbers; to an end of the axis the range is open; a click keeps all', () => {
  const heun = brushed({ axis: parameterAxis(sampler, undefined), plot, kept: none }, [0.4, 0.99]);
  expect(heun.keep).toEqual(['sampler:heun', 'sampler:euler']);
  // 5 to 80 is a factor of 16: logarithmic, 10 is at a quarter
  expect(brushed({ axis: parameterAxis(steps, undefined), plot, kept: heun }, [0.2, 0.3]).keep).toEqual(['sampler:heun', 'sampler:euler', 'steps:10']);
  const axis = measureAxis(fid, undefined);
  expect(brushed({ axis, plot, kept: heun }, [0.25, 0.5])).toEqual({ keep: heun.keep, within: ['fid:15..20'] });
  expect(brushed({ axis, plot, kept: none }, [-0.01, 0.5]).within).toEqual(['fid:..20']);
  expect(brushed({ axis, plot, kept: withRange(none, 'fid', ['1', '2']) }, null)).toEqual(none);
});
