import type { TrajectoryPlot } from '@elucidate/experiment/trajectory-plot';
import { trajectoryFigure } from './trajectory-figure.js';

const line = (label: string): TrajectoryPlot['lines'][number] => ({ cell: label, label, points: [80, 2].map((sigma) => ({ sigma, mean: 30 + sigma, confidence: { trainingRuns: 1, samples: 1, interval: null, reach: null, bestOfThree: null } })) });
const plot: TrajectoryPlot = { sweepId: 's', sweepName: 'sweep', metric: 'fid', lines: ['steps 5', 'steps 10'].map(line), incomparable: 0, cut: false, configurations: 2, basis: null };

test('it says how many configurations are drawn of how many, and why not the others', () => {
  const notes = (more: Partial<TrajectoryPlot>): string => trajectoryFigure({ ...plot, ...more }).notes.join(' ');
  expect(notes({})).toBe('2 of 2 configurations drawn.');
  expect(notes({ configurations: 5 })).toBe('2 of 5 configurations drawn; the others have no such scores.');
  expect(notes({ configurations: 3, incomparable: 1 })).toBe('2 of 3 configurations drawn; 1 of the others has scores of another evaluator or n, which do not compare.');
  expect(notes({ configurations: 5, incomparable: 2 })).toContain('2 of 5 configurations drawn; 2 of the others have scores of another evaluator or n, which do not compare; the rest have no such scores.');
  expect(notes({ configurations: 500, cut: true })).toContain('2 of 500 configurations drawn; of a large sweep only the first 200 are read.');
});
