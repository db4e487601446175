import { halved, kendallTau } from './halving.js';
import { normalCdf } from './normal-cdf.js';
import { normal, seededRandom } from './random.js';

const trialsOf = (values: readonly number[]) => values.map((value, train) => ({ train, sample: 0, value }));

test.each([['lower', [3, 0, 2, 1, 4]], ['higher', [4, 1, 2, 0, 3]]] as const)('one in two goes on, the best by mean, where %s is better', (better, order) => {
  expect(halved([[30, 32], [50, 54], [40, 41], [20, 21], [60, 61]].map(trialsOf), { better, factor: 2 })).toMatchObject({ order, kept: 3 });
});

test('of several that are behind, those whose difference at common seeds is clear are told apart', () => {
  expect(halved([[10, 20, 30], [11, 21.1, 31], [12, 19, 35], [40, 50.1, 60]].map(trialsOf), { better: 'lower', factor: 4 })).toEqual({ order: [0, 1, 2, 3], kept: 1, undecided: 1 });
  // a single pair of seeds tells nothing apart
  expect(halved([[10], [11], [12]].map(trialsOf), { better: 'lower', factor: 3 }).undecided).toBe(2);
});

test("Kendall's tau: 1 of the same order, -1 of the reverse, and by its definition in between", () => {
  expect([kendallTau('abcd'.split(''), 'abcd'.split('')), kendallTau('abcd'.split(''), 'dcba'.split('')), kendallTau(['a'], ['a'])]).toEqual([1, -1, null]);
  // 5 of 6 pairs agree
  expect(kendallTau('abcd'.split(''), 'abdc'.split(''))).toBeCloseTo(4 / 6, 12);
});

test('of two configurations the better goes on as often as normal scores promise: Phi(difference / (sd sqrt 2))', () => {
  const random = seededRandom(5);
  const runs = 4000;
  let kept = 0;
  for (let run = 0; run < runs; run++) kept += Number(halved([trialsOf([normal(random)]), trialsOf([1 + normal(random)])], { better: 'lower', factor: 2 }).order[0] === 0);
  const expected = normalCdf(1 / Math.SQRT2);
  expect(Math.abs(kept / runs - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / runs));
});
