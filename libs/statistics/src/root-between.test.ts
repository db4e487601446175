import { rootBetween } from './root-between.js';

test.each<[string, (x: number) => number, [number, number], number]>([
  ['a line', (x) => x - 0.3, [0, 1], 0.3],
  ['a flat power', (x) => x ** 9 - 1e-4, [0, 2], 1e-4 ** (1 / 9)],
  ['an exponential', (x) => Math.exp(x) - 20, [0, 10], Math.log(20)],
  ['a root at the upper end', (x) => x - 1, [0, 1], 1],
])('finds the root of %s', (_, f, [low, high], root) => {
  expect(rootBetween(f, low, high)).toBeCloseTo(root, 10);
});
