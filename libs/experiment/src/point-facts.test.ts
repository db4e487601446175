import { pointFacts } from './point-facts.js';
import type { PlotPoint } from './plot.js';

const point: PlotPoint = {
  x: 1, y: 5, line: null, facet: null, across: null, mean: 12, min: 10, max: 14, count: 2, diverged: 1, cells: 1, cell: 'c',
  confidence: { trainingRuns: 2, samples: 1, reach: 'training runs', bestOfThree: null, interval: { low: 9, high: 15 } },
  trials: [{ train: 1, sample: 1, value: 10 }, { train: 2, sample: 1, value: 14 }],
};
const plot = { metric: 'fid', n: 256, evaluator: 'f5078e8e00', real: 2.23 };

test('a point says by how many seeds and images it is known, how far they are apart and beside which baseline', () => {
  expect(Object.fromEntries(pointFacts(plot, point))).toEqual({
    'FID': '12.00', '95 % interval': '9.00 to 15.00', 'standard deviation': '2.83 over 2 seeds', 'range': '10.00 to 14.00', 'seeds': '2 trials, 2 training runs, 1 diverged', 'n': '256 images', 'real-data baseline': '2.23', 'evaluator': 'f5078e8e',
  });
});

test('what is not known is not said, and the best of several says so', () => {
  const facts = Object.fromEntries(pointFacts({ ...plot, real: null, bestOver: ['sampler', 'steps'] }, { ...point, mean: null, min: null, max: null, count: 0, diverged: 3, confidence: null, trials: [], among: 6 }));
  expect(facts).toEqual({ 'FID': 'all trials diverged', 'seeds': '0 trials, 3 diverged', 'best of': '6 configurations over sampler, steps', 'n': '256 images', 'evaluator': 'f5078e8e' });
});
