import { seededRandom } from '@elucidate/statistics/random';
import { simulatedTogether } from '@elucidate/statistics/simulated';
import type { Trial } from '@elucidate/statistics/trial';
import { choiceOf, type Offer } from './advice-offers.js';
import { doubtsOf, type Doubts, type Candidate, type Scored } from './advice.js';

const scored = (...rows: Trial[][]): [Scored, ...Scored[]] => rows.map((trials, i) => ({ cellId: `c${i}`, config: {}, trials })) as unknown as [Scored, ...Scored[]];
const flat = (values: readonly number[]): Trial[] => values.map((value, i) => ({ train: i + 1, sample: 1, value }));
/** A training costs 1, its sampling a hundredth. */
const priced = (candidate: Candidate, had = 3): Offer => {
  const members = candidate.rivals.length + 1;
  const trainingRuns = members * Math.max(0, candidate.trainSeeds.length - had);
  const samplings = members * (candidate.trainSeeds.length * candidate.sampleSeeds.length - had);
  return { ...candidate, doubtThen: null, cost: { trainingRuns, samplings, evaluations: 0, stages: 0, alreadyDone: 0, deviceSeconds: trainingRuns + samplings / 100, measured: true } };
};
const advised = (doubts: Doubts, had?: number): Offer | null => {
  const { offers, recommended } = choiceOf(doubts, doubts.candidates.map((candidate) => priced(candidate, had)));
  return recommended === null ? null : offers[recommended]!;
};

test('the rival that may be better is named, not the one that is far behind', () => {
  const doubts = doubtsOf(scored(flat([30, 31, 32]), flat([45, 46.5, 46.8]), flat([30.3, 31.9, 31.9])), 'fid');
  expect(doubts.rivals.map(({ cellId }) => cellId)).toEqual(['c2', 'c1']);
  expect(doubts.rivals[0]!.doubt!).toBeGreaterThan(0.1);
  expect(doubts.rivals[1]!.doubt!).toBeLessThan(0.01);
  expect(advised(doubts)).toMatchObject({ level: 'train', rivals: ['c2'] });
});

test('a rival that is ahead on the seeds it has in common with the best is more likely than not the better one', () => {
  const best = [{ train: 1, sample: 1, value: 30 }, { train: 2, sample: 1, value: 32 }, { train: 3, sample: 1, value: 20 }];
  const { rivals, candidates } = doubtsOf(scored(best, flat([29, 30.5])), 'fid');
  expect(rivals[0]!.doubt!).toBeGreaterThan(0.5);
  expect(candidates[0]).toMatchObject({ more: 0, trainSeeds: [1, 2, 3], sampleSeeds: [1] });
  // with ever more seeds one is left with nothing to lose: what they gain grows to all of the chance that it is better now
  const gains = candidates.filter(({ level, more }) => level === 'train' && more > 0).map(({ gain }) => gain!);
  expect(gains).toEqual(gains.toSorted((a, b) => a - b));
  expect(gains[0]!).toBeGreaterThan(2 * rivals[0]!.doubt! - 1);
  expect(gains.at(-1)!).toBeLessThan(rivals[0]!.doubt!);
});

test('higher is better for some metrics: the same doubt with the signs turned', () => {
  const rows = [flat([0.8, 0.82, 0.79]), flat([0.79, 0.8, 0.785])];
  const turned = rows.map((row) => row.map((trial) => ({ ...trial, value: -trial.value })));
  expect(doubtsOf(scored(...rows), 'vendi').doubt).toBeCloseTo(doubtsOf(scored(...turned), 'fid').doubt!, 12);
});

test('the interval of a difference ends where differences of the metric do', () => {
  const low = (metric: string) => doubtsOf(scored(flat([0.9, 1, 0.98]), flat([0.01, 0.1, 0])), metric).rivals[0]!.interval!.low;
  expect([low('density') < -1, low('coverage')]).toEqual([true, -1]);
});

test('a single trial of each says nothing: train seeds are advised, and no gain is claimed', () => {
  const doubts = doubtsOf(scored(flat([30]), flat([33]), flat([31])), 'fid');
  expect(doubts).toMatchObject({ doubt: null, rivals: [{ cellId: 'c2', doubt: null }, { cellId: 'c1' }] });
  expect(advised(doubts, 1)).toMatchObject({ level: 'train', more: 2, rivals: ['c2', 'c1'], gain: null });
});

test('where nothing is in doubt nothing is advised', () => {
  expect(advised(doubtsOf(scored(flat([30, 31, 32]), flat([45, 46, 47.1])), 'fid'))).toBeNull();
});

test('where samples differ and training runs do not, sampling again is advised, which is cheap; where training runs differ, training', () => {
  const random = seededRandom(2);
  const own = (of: 'samples' | 'trainingRuns') => simulatedTogether(random, { trainingRuns: 3, samples: 3 }, { means: [30, 30.4], common: { trainingRuns: 2, samples: 2, rest: 0 }, own: { trainingRuns: 0, samples: 0, rest: 0.05, [of]: 1 } });
  const levels = (of: 'samples' | 'trainingRuns') => Array.from({ length: 20 }, () => advised(doubtsOf(scored(...own(of)), 'fid'), 9)?.level).filter((level) => level !== undefined);
  expect(levels('samples').filter((level) => level === 'sample').length / levels('samples').length).toBeGreaterThan(0.8);
  expect(levels('trainingRuns').filter((level) => level === 'train').length / levels('trainingRuns').length).toBeGreaterThan(0.6);
});

/** Follows the advice from three train seeds each until so many training runs are spent, and says which configuration is best then: of those with the most seeds. */
function followed(truth: readonly Trial[][], budget: number): number {
  const had = truth.map(() => 3);
  const of = (i: number): Trial[] => truth[i]!.filter(({ train }) => train < had[i]!);
  const ranked = (): number[] => {
    const mean = (i: number): number => of(i).reduce((sum, { value }) => sum + value, 0) / had[i]!;
    return [...truth.keys()].sort((a, b) => had[b]! - had[a]! || mean(a) - mean(b));
  };
  for (let spent = 3 * truth.length; spent < budget;) {
    const order = ranked();
    const doubts = doubtsOf(order.map((i): Scored => ({ cellId: String(i), config: {}, trials: of(i) })) as [Scored, ...Scored[]], 'fid');
    const members = (candidate: Candidate): number[] => [order[0]!, ...candidate.rivals.map(Number)];
    const price = (candidate: Candidate): number => members(candidate).reduce((sum, i) => sum + candidate.trainSeeds.length - had[i]!, 0);
    const offers = doubts.candidates.filter(({ level }) => level === 'train').map((candidate) => ({ ...priced(candidate), cost: { ...priced(candidate).cost, deviceSeconds: price(candidate) } }));
    const { offers: named, recommended } = choiceOf(doubts, offers);
    if (recommended === null) break;
    for (const i of members(named[recommended]!)) [had[i], spent] = [named[recommended]!.trainSeeds.length, spent + named[recommended]!.trainSeeds.length - had[i]!];
  }
  return ranked()[0]!;
}

test('simulated: with as many training runs, following the advice finds the best of eight more often than giving all the same seeds', () => {
  const random = seededRandom(11);
  const [runs, budget] = [80, 64];
  const means = [30, 31, 32, 34, 36, 38, 40, 42];
  let [byAdvice, alike] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const truth = simulatedTogether(random, { trainingRuns: 80, samples: 1 }, { means, common: { trainingRuns: 3, samples: 0, rest: 0 }, own: { trainingRuns: 1.4, samples: 0, rest: 0 } });
    byAdvice += Number(followed(truth, budget) === 0);
    const mean = (row: readonly Trial[]): number => row.slice(0, budget / means.length).reduce((sum, { value }) => sum + value, 0);
    alike += Number(truth.every((row) => mean(row) >= mean(truth[0]!)));
  }
  expect(byAdvice / runs).toBeGreaterThan(alike / runs + 0.02);
});
