import { doubtOf } from './doubt.js';
import { normalCdf } from './normal-cdf.js';
import { normal, seededRandom } from './random.js';
import { twoSidedP } from './student-t.js';

const shifts = [0, 0.3, 1, 2.5];

test.each([1, 2, 5, 30])('with %d degrees of freedom and no more seeds it is the tail of Student\'s t', (df) => {
  for (const z of shifts) expect(doubtOf(z, df)).toBeCloseTo(twoSidedP(z, df) / 2, 5);
});

test('with many degrees of freedom it is the normal tail', () => {
  for (const z of shifts) expect(doubtOf(z, 1e7)).toBeCloseTo(normalCdf(-z), 5);
});

test('of two that look alike, what is left is the angle between what will be seen and what is true', () => {
  for (const left of [0.2, 0.5, 0.9]) for (const df of [1, 4]) expect(doubtOf(0, df, left)).toBeCloseTo(0.5 - Math.acos(left) / Math.PI, 8);
});

test('more seeds leave less doubt, all of them none', () => {
  for (const z of shifts) for (const df of [1, 3]) {
    const doubts = [1, 0.9, 0.7, 0.4, 0.1, 0].map((left) => doubtOf(z, df, left));
    expect(doubts).toEqual([...doubts].sort((a, b) => b - a));
    expect(doubts.at(-1)).toBe(0);
  }
});

/** Truth and what will be seen, drawn as the model says: the variance from what its estimate leaves open, then both differences. */
test.each([[0.8, 2, 0.6], [0.4, 3, 0.8], [1.6, 8, 0.5]])('simulated: seen at %f standard errors, %d degrees of freedom, %f of the error left', (z, df, left) => {
  const random = seededRandom(5);
  const draws = 20_000;
  let wrong = 0;
  for (let draw = 0; draw < draws; draw++) {
    const chi = Array.from({ length: df }, () => normal(random) ** 2).reduce((a, b) => a + b) / df;
    const scale = 1 / Math.sqrt(chi);
    const then = z + scale * Math.sqrt(1 - left ** 2) * normal(random);
    const truth = then + scale * left * normal(random);
    wrong += Number(then > 0 !== truth > 0);
  }
  expect(Math.abs(wrong / draws - doubtOf(z, df, left))).toBeLessThan(0.012);
});
