import { printable } from '@elucidate/experiment/printable';
import { differenceText } from './difference-text.js';

test('a difference names each place of the file with what goes and what comes, then the counts that are not 0', () => {
  expect(differenceText({
    changes: [
      { path: 'parameters.steps', removed: [5], added: Array.from({ length: 12 }, (_, i) => i + 10) }, { path: 'seeds.train', removed: [], added: [3] },
      { path: 'parameters.sampler', removed: [{ kind: 'heun' }], added: [] }, { path: 'name', removed: ['a\u001b[2J'], added: ['b'] },
    ],
    difference: { cells: { added: 12, dropped: 1, kept: 3 }, trials: { added: 0, dropped: 0, changed: 2, kept: 1 }, stages: { added: 40, alreadyDone: 4, dropped: 6, cancelled: 0, kept: 9 } },
  }).split('\n')).toEqual([
    '  parameters.steps: - 5 + 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ... 2 more', '  seeds.train: + 3', '  parameters.sampler: - {"kind":"heun"}', `  name: - ${printable('a\u001b[2J')} + b`,
    '  cells   12 added, 1 dropped, 3 kept', '  trials  2 changed, 1 kept', '  stages  40 added (4 already done), 6 dropped, 9 kept',
  ]);
});
