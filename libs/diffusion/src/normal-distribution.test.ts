import { normalCdf, normalDensity, probit } from './normal-distribution.js';
import { midpoints } from './schedules/every-schedule.fixture.js';

/** erfc(-z/sqrt 2)/2 in 110-digit arithmetic (mpmath). */
const values: [number, number][] = [
  [-20, 2.7536241186062337e-89],
  [-6, 9.86587645037698e-10],
  [-2.5000001, 0.006209663572946307],
  [-1, 0.15865525393145705],
  [0, 0.5],
  [0.3, 0.6179114221889527],
  [1, 0.8413447460685429],
  [3, 0.9986501019683699],
];

it.each(values)('P(Z < %p) = %p', (z, probability) => {
  expect(Math.abs(normalCdf(z) / probability - 1)).toBeLessThan(5e-14);
});

/** The roots of the same function. */
const roots: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-10, -6.361340902404057],
  [0.001, -3.0902323061678136],
  [0.025, -1.9599639845400543],
  [0.3, -0.5244005127080408],
  [0.5, 0],
  [0.975, 1.9599639845400543],
];

it.each(roots)('P(Z < z) is %p at z = %p', (probability, z) => {
  expect(Math.abs(probit(probability) - z)).toBeLessThan(1e-15 * Math.max(1, Math.abs(z)));
});

it('probit and P(Z < z) are inverses of each other, in each of their ranges', () => {
  const errors = [...midpoints(999), 1e-30, 1e-12, 1 - 1e-12].map((p) => Math.abs(normalCdf(probit(p)) / p - 1));
  expect(Math.max(...errors)).toBeLessThan(1e-13);
});

it('probit is infinite at the ends', () => {
  expect([-1, 0, 1, 2].map(probit)).toEqual([-Infinity, -Infinity, Infinity, Infinity]);
});

it('P(Z < z) and P(Z > z) add up to 1, and the density is their slope', () => {
  for (const z of [0.1, 1, 2.49, 2.51, 5]) {
    expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 15);
    expect((normalCdf(z + 1e-5) - normalCdf(z - 1e-5)) / 2e-5).toBeCloseTo(normalDensity(z), 9);
  }
});
