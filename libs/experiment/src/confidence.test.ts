import { paired } from '@elucidate/statistics/paired';
import { detectableDifference } from '@elucidate/statistics/power';
import { choiceText, compared, confidenceOf, seedSpreadOf } from './confidence.js';
import { differenceText, estimateText, spreadText } from './estimate-text.js';
import type { Choice, Estimate } from './tables.js';

const trainingRuns = (...values: number[]) => values.map((value, i) => ({ train: i + 1, sample: 1, value }));
const [half, one] = [trainingRuns(45.45, 46.12, 41.19), trainingRuns(48.58, 48.56, 44.11)];

test('two configurations whose intervals overlap are told apart where one wins on every seed', () => {
  const [a, b] = [half, one].map((trials) => confidenceOf('fid', trials).interval!);
  expect(a!.high).toBeGreaterThan(b!.low);
  const { best, standings, runnerUp } = compared('fid', [one, half]);
  expect(best).toBe(1);
  expect(standings.map(({ apart }) => apart)).toEqual([true, false]);
  expect(differenceText('fid', standings[0]!.toBest)).toMatch(/^\+2\.83 \[\+1\.95, \+3\.71\]$/);
  expect(runnerUp!.detectable).toBeLessThan(2.83);
});

test('the best is the largest where higher is better, and its difference to the others is below 0', () => {
  const { best, standings } = compared('precision', [trainingRuns(0.5, 0.52), trainingRuns(0.7, 0.71)]);
  expect(best).toBe(1);
  expect(standings[0]!.toBest!.mean).toBeCloseTo(-0.195, 12);
  expect(confidenceOf('precision', trainingRuns(0.5, 0.7, 0.6)).bestOfThree).toBe(0.7);
  expect(confidenceOf('fid', trainingRuns(5, 7, 6))).toMatchObject({ trainingRuns: 3, samples: 1, reach: 'training runs', bestOfThree: 5 });
});

test('an interval ends where the values of its metric do, that of a difference where their differences do; of a metric that can have every value it has no end', () => {
  const nearlyAll = trainingRuns(0.9, 1, 0.98);
  const { low, high } = confidenceOf('kid', nearlyAll).interval!;
  expect([low < 1 && low > 0, high > 1]).toEqual([true, true]);
  expect(confidenceOf('precision', nearlyAll).interval).toEqual({ low, high: 1 });
  expect(confidenceOf('coverage', trainingRuns(0.01, 0.1, 0)).interval).toMatchObject({ low: 0 });
  expect(confidenceOf('fid@64', trainingRuns(1, 9, 4)).interval).toMatchObject({ low: 0 });
  expect(confidenceOf('vendi', trainingRuns(1.1, 9, 4)).interval).toMatchObject({ low: 1 });
  const toBest = (metric: string) => compared(metric, [nearlyAll, trainingRuns(0.01, 0.1, 0)]).standings[1]!.toBest!;
  expect(toBest('density').interval!.low).toBeLessThan(-1);
  expect(toBest('precision')).toMatchObject({ interval: { low: -1, high: toBest('density').interval!.high }, p: toBest('density').p });
});

test('what would have been seen of the runner-up is by the level at which it was tested: that of all comparisons by Bonferroni, of those that are left by Holm', () => {
  const [far, farther] = [trainingRuns(95.5, 96.1, 91.1), trainingRuns(145.5, 146.2, 141.2)];
  const seen = (options?: Parameters<typeof compared>[2]) => compared('fid', [one, half, far, farther], options);
  expect(seen().standings.map(({ apart }) => apart)).toEqual([true, false, true, true]);
  const { standardError, degreesOfFreedom } = paired(one, half)!;
  const detectable = (alpha: number): number => detectableDifference(standardError!, degreesOfFreedom!, { alpha });
  expect(seen().runnerUp!.detectable).toBeCloseTo(detectable(0.05), 6);
  expect(seen({ correction: 'Bonferroni', comparisons: 1000 }).runnerUp!.detectable).toBeCloseTo(detectable(0.05 / 1000), 6);
});

test('what would have been seen of the runner-up, which is integrated, is worked out only where it is read', () => {
  const exponentials = jest.spyOn(Math, 'exp');
  const found = compared('fid', [half, one]);
  const before = exponentials.mock.calls.length;
  expect(found.runnerUp!.detectable).toBeGreaterThan(0);
  expect(before).toBeLessThan(100);
  expect(exponentials.mock.calls.length).toBeGreaterThan(10_000);
  exponentials.mockRestore();
});

test('a single trial tells nothing apart, and the text says what to do', () => {
  const { standings, runnerUp } = compared('fid', [trainingRuns(1), trainingRuns(100)]);
  expect(standings.map(({ apart }) => apart)).toEqual([false, false]);
  expect(text({ runnerUp, group: 2 })).toContain('With a single trial each, nothing can be told apart: add train seeds.');
  expect(compared('fid', [trainingRuns(1)])).toMatchObject({ best: 0, runnerUp: null });
});

const choice: Choice = { among: 2, incomplete: 0, correction: 'Holm', group: 1, runnerUp: null };
const text = (over: Partial<Choice>) => choiceText('fid', { ...choice, ...over });

test('the text of a choice counts in words that fit', () => {
  const difference = { mean: 3, interval: null, trainingRuns: 3, samples: 1, p: 0.01 };
  expect(text({ runnerUp: { difference, detectable: 1.5, trainingRuns: 2 } })).toMatch(/for 1 comparison\. 1 is in the group of the best\. A difference in FID to the runner-up would have been seen from 1\.50 on \(in four of five sweeps\)\.$/);
  expect(text({ runnerUp: { difference: { ...difference, p: 0.3 }, detectable: 5, trainingRuns: null }, group: null, correction: 'Bonferroni' })).toContain('No more train seeds, up to 200, would settle these two.');
  const precision = (detectable: number) => choiceText('precision', { ...choice, runnerUp: { difference: { ...difference, p: 0.3 }, detectable, trainingRuns: null } });
  expect([precision(1), precision(1.2)]).toEqual([expect.stringContaining('A difference in precision to the runner-up would have been seen from 1.000 on'), expect.stringContaining('No difference in precision to the runner-up, which is at most 1, would have been seen')]);
  expect(text({ among: 1, incomplete: 3 })).toBe('3 configurations are not ranked; their rows say why.');
  expect(text({ runnerUp: { difference: null, detectable: null, trainingRuns: null }, incomplete: 1 })).toContain('no seeds in common with the best. 1 configuration is not ranked');
});

test('what stands beside a mean is named by what it is about', () => {
  const estimate = (confidence?: Estimate['confidence']): Estimate => ({ mean: 12.3, stddev: 0.4, min: 12, max: 13, count: 3, diverged: 0, n: 64, real: null, confidence });
  const of = (reach: 'training runs and samples' | 'training runs' | 'samples' | null) => estimate({ trainingRuns: 1, samples: 1, interval: reach && { low: 11, high: 13.6 }, reach, bestOfThree: null });
  const few = estimate({ trainingRuns: 2, samples: 2, interval: null, reach: null, bestOfThree: null });
  expect([spreadText([estimate()]), spreadText([null, of('training runs')]), spreadText([of('samples'), of(null)]), spreadText([of(null)]), spreadText([few, of(null)])]).toEqual([
    'mean ± standard deviation over seeds', 'mean and 95 % interval over train seeds, with one sample seed', 'mean and 95 % interval over sample seeds of one training, which says nothing about other training runs', 'single trials, which have no interval', 'mean over trials, whose seeds do not suffice for an interval',
  ]);
  expect([estimateText('fid', estimate()), estimateText('fid', of('samples')), estimateText('fid', of(null)), estimateText('fid', null)]).toEqual(['12.30 ± 0.40', '12.30 [11.00, 13.60]', '12.30', '-']);
});

test('the spread of a configuration is by training runs, by sample seeds and what is left, as far as its seeds tell them apart; the bootstrap stays within the scores', () => {
  const both = [[30, 31.5], [34, 34.9], [41, 42.4]].flatMap((values, i) => values.map((value, k) => ({ train: i + 1, sample: k + 1, value })));
  const { trainingRuns: runs, samples, rest, bootstrap } = seedSpreadOf(both)!;
  // two-way analysis of variance: mean squares 62.05167, 2.40667 and 0.05167, of which a component is the difference to the last over its number of trials
  expect([runs, samples, rest].map((deviation) => deviation! ** 2)).toEqual([(62.051667 - 0.051667) / 2, (2.406667 - 0.051667) / 3, 0.051667].map((variance) => expect.closeTo(variance, 4) as number));
  expect([bootstrap.low >= 30, bootstrap.low < 36, bootstrap.high > 36, bootstrap.high <= 42.4]).toEqual([true, true, true, true]);
  expect(seedSpreadOf(both)).toEqual({ trainingRuns: runs, samples, rest, bootstrap });
  const [alone, ofOne] = [seedSpreadOf(trainingRuns(1, 2, 3))!, seedSpreadOf([1, 2, 3].map((value) => ({ train: 1, sample: value, value })))!];
  expect([alone, ofOne].map(({ trainingRuns: a, samples: b, rest: c }) => [a, b, c])).toEqual([[1, null, null], [null, 1, null]]);
  expect([seedSpreadOf([]), seedSpreadOf(trainingRuns(5))]).toEqual([null, null]);
});
