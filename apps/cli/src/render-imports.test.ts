import type { LeaderboardGroup } from '@elucidate/experiment/tables';
import type { ImportedForSweep, ImportSummary } from '@elucidate/store/queries/imports';
import { renderImport, renderImportedBeside } from './render-imports.js';

const e = 'e'.repeat(64);
const one: ImportSummary = { id: 'abcdef012345', owner: 'ann', file: 'edm\x1b.csv', source: 'arXiv 2206.00364', metric: 'fid', evaluator: e, n: 2048, rows: 3, importedAt: '2026-11-27T10:00:00.000Z' };
const estimate = (mean: number) => ({ mean, stddev: null, min: mean, max: mean, count: 1, diverged: 0, n: 2048, real: null });
const board = [{ evaluator: e, n: 2048, metric: 'fid', rows: [2, 4].map((mean, i) => ({ rank: i + 1, metrics: { fid: estimate(mean) } })) }] as unknown as LeaderboardGroup[];

test('what stands beside a leaderboard is marked row by row, says where it would stand, and what does not compare', () => {
  const found: ImportedForSweep = {
    metric: 'fid', incomparable: [{ ...one, n: null, evaluator: 'Inception' }],
    groups: [{ evaluator: e, n: 2048, cut: false, scores: [[1.5, 'heun'], [3, 'ddim'], [9, 'lms'], [null, 'bad']].map(([value, sampler]) => ({ ...one, value: value as number | null, values: { sampler: sampler as string, eta: null } })) }],
  };
  const text = renderImportedBeside(found, board);
  for (const line of [
    'Imported, of n = 2048 and evaluator eeeeeeee as their owners declare: not computed here, and not ranked',
    '       1.50  before rank 1   sampler heun; imported, from edm\\x1b.csv by ann on 2026-11-27 (abcdef012345)',
    '       3.00  after rank 1    sampler ddim; ', '       9.00  after rank 2    sampler lms; ', '   diverged                  sampler bad; ',
    'does not compare', '  abcdef012345  3 rows of FID, n = unknown, evaluator Inception (declared); imported, from edm\\x1b.csv by ann on 2026-11-27; arXiv 2206.00364',
  ]) expect(text).toContain(line);
  expect(renderImportedBeside({ metric: 'fid', groups: [], incomparable: [] }, board)).toBe('Nothing of FID was imported.');
});

test('an import says what was declared, by whom and when, and how to delete it', () => {
  expect(renderImport({ ...one, scores: [{ value: 2.5, values: { steps: 18 } }] })).toBe([
    'Import abcdef012345: FID, n = 2048, evaluator eeeeeeee (declared)', '  imported, from edm\\x1b.csv by ann on 2026-11-27; source: arXiv 2206.00364', '', '       2.50  steps 18', '', '`elucidate imports abcdef012345 --delete` deletes it',
  ].join('\n'));
});
