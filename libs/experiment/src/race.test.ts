import { seededRandom } from '@elucidate/statistics/random';
import { simulatedTogether } from '@elucidate/statistics/simulated';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { afterLook, seedsInRace, stopText } from './race.js';
import type { Spec } from './spec.js';
import { stoppedBy } from './stopped.js';
import { cellsOf } from './sweep.js';

const base = { name: 'race', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { values: [5, 10, 20, 40] } }, seeds: { train: [11, 12, 13, 14, 15, 16], sample: [1] }, train: { network: 'tiny', images: 256, batch: 32 }, race: { first: 3 } };
const spec = parseSpec(base);
/** Scores of four cells, two of them far behind. */
const scores = simulatedTogether(seededRandom(3), { trainingRuns: 6, samples: 1 }, { means: [30, 30.3, 60, 90], common: { trainingRuns: 3, samples: 0, rest: 0 }, own: { trainingRuns: 0.5, samples: 0, rest: 0 } });
const racersOf = (of: Spec, without: readonly number[] = []) => cellsOf(of).flatMap(({ config }, i) => (stoppedBy(of, config) === null ? [{ config, trials: scores[i]!.filter(({ train }) => train < seedsInRace(of) && !(without.includes(i) && train === 1)) }] : []));
const looked = (of: Spec, without?: readonly number[]): Spec => parseSpec(JSON.parse(JSON.stringify(afterLook(of, racersOf(of, without), { metric: 'fid', among: 4 }))));
const counts = (of: Spec) => cellsOf(of).map(({ id }) => planSweep(of).trials.filter(({ cellId }) => cellId === id).length);

test('a race starts with its first train seeds, stops what cannot be the best, and gives the others all seeds one by one', () => {
  expect(counts(spec)).toEqual([3, 3, 3, 3]);
  const course = [spec];
  while (course.at(-1)!.race!.over === false) course.push(looked(course.at(-1)!));
  expect(counts(course.at(-1)!).slice(0, 2)).toEqual([6, 6]);
  expect(Math.max(...counts(course.at(-1)!).slice(2))).toBeLessThan(6);
  for (const [i, one] of course.slice(1).entries()) {
    const before = new Set(planSweep(course[i]!).stages.map(({ id }) => id));
    const after = new Set(planSweep(one).stages.map(({ id }) => id));
    expect([...before].filter((id) => !after.has(id))).toEqual([]);
  }
  expect(course.at(-1)!.race!.looks.map((look) => ('seeds' in look ? look.seeds : NaN))).toEqual([3, 4, 5].slice(0, course.length - 1));
});

test('every stage of a race is one of the sweep without a race', () => {
  const all = new Set(planSweep(parseSpec({ ...base, race: undefined })).stages.map(({ id }) => id));
  expect(planSweep(looked(spec)).stages.filter(({ id }) => !all.has(id))).toEqual([]);
});

test('a cell of which a trial diverged is stopped; a single one that is left ends the race', () => {
  const after = looked(spec, [0]);
  expect(stopText(after, cellsOf(after)[0]!.config)).toBe('stopped after 3 train seeds');
  const alone = looked(spec, [0, 1, 2]);
  expect(alone.race).toMatchObject({ over: true, looks: [{ seeds: 3, left: 1 }] });
  expect(counts(alone)).toEqual([3, 3, 3, 3]);
});

test('the same look gives the same sweep, and the sweep that is stored reads as the same', () => {
  expect(looked(spec)).toEqual(looked(spec));
  expect(parseSpec(JSON.parse(JSON.stringify(looked(spec))))).toEqual(looked(spec));
});

test('however many seeds are added while it runs, its looks spend no more than its level; without any, as much each', () => {
  const spent = (of: Spec): number[] => of.race!.looks.map((look) => ('spent' in look ? look.spent! : NaN));
  const later = looked(looked(spec));
  expect(spent(later)).toEqual([0.05 / 3, expect.closeTo(0.05 / 3, 12)]);
  const more = looked(parseSpec({ ...JSON.parse(JSON.stringify(looked(spec))), seeds: { train: [11, 12, 13, 14, 15, 16, 17, 18], sample: [1] } }));
  // two thirds are left, for the looks after 4, 5, 6 and 7 seeds
  expect(spent(more)[1]).toBeCloseTo((0.05 * 2) / 3 / 4, 12);
  // looks that were taken before this was written down had equal shares
  const old = JSON.parse(JSON.stringify(looked(spec))) as { race: { looks: { spent?: number }[] } };
  delete old.race.looks[0]!.spent;
  expect(spent(looked(parseSpec(old)))[1]).toBeCloseTo(0.05 / 3, 12);
});

test('a race needs more train seeds than it starts with', () => {
  expect(() => parseSpec({ ...base, seeds: { train: [1, 2, 3] } })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path: 'race.first' })] }));
});
