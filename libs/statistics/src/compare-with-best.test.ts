import fc from 'fast-check';
import { bestOf, compareWithBest } from './compare-with-best.js';
import { bonferroni, holm } from './holm.js';
import { grid } from './simulated.js';

describe('holm', () => {
  it('adjusts as by hand: 0.01, 0.04, 0.03 and 0.005 become 0.03, 0.06, 0.06 and 0.02', () => {
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, i) => expect(p).toBeCloseTo([0.03, 0.06, 0.06, 0.02][i]!, 12));
  });

  const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
  it('rejects what the step-down procedure rejects, whatever the level', () => {
    fc.assert(fc.property(ps, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (values, alpha) => {
      const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
      const stop = order.findIndex((index, place) => (values.length - place) * values[index]! >= alpha);
      const rejected = new Set(stop === -1 ? order : order.slice(0, stop));
      expect(holm(values).map((p) => p < alpha)).toEqual(values.map((_, i) => rejected.has(i)));
    }), { seed: 1 });
  });

  it('is never above Bonferroni, keeps the order of p, and counts comparisons that are not given', () => {
    fc.assert(fc.property(ps, (values) => {
      const adjusted = holm(values);
      bonferroni(values).forEach((p, i) => expect(adjusted[i]!).toBeLessThanOrEqual(p));
      holm(values, 20).forEach((p, i) => expect(p).toBeGreaterThanOrEqual(adjusted[i]!));
    }), { seed: 2 });
    expect(holm([0.001, 0.9], 100)[0]).toBeCloseTo(0.1, 12);
  });
});

describe('compareWithBest', () => {
  const best = [[45.45], [46.12], [41.19]];
  const worse = [[48.58], [48.56], [44.11]];
  const unclear = [[45], [47.5], [42]];

  it('tells apart what loses on every seed, and groups with the best what does not', () => {
    const found = compareWithBest([worse, best, unclear].map(grid), { better: 'lower' });
    expect(found.best).toBe(1);
    expect(found.toBest.map((one) => one?.apart)).toEqual([true, undefined, false]);
    expect(found.toBest[0]!.adjustedP).toBeCloseTo(2 * found.toBest[0]!.difference!.p!, 12);
  });

  it('takes the largest mean as the best where higher is better', () => {
    expect(compareWithBest([worse, best].map(grid), { better: 'higher' })).toMatchObject({ best: 0, toBest: [null, { apart: true }] });
    expect(bestOf([best, best].map(grid), 'lower')).toBe(0);
  });

  it('needs more evidence the more comparisons there are', () => {
    const apart = (options: { comparisons?: number; correction?: 'Holm' | 'Bonferroni' }) => compareWithBest([worse, best].map(grid), { better: 'lower', ...options }).toBest[0]!.apart;
    expect([apart({}), apart({ comparisons: 50 }), apart({ correction: 'Bonferroni', comparisons: 50 })]).toEqual([true, false, false]);
  });

  it('tells nothing apart from a single trial each', () => {
    expect(compareWithBest([grid([[1]]), grid([[100]])], { better: 'lower' }).toBest[1]).toMatchObject({ adjustedP: null, apart: false });
  });
});
