import { lasting } from './lasting.js';

test.each<[string, [number | null, number][], boolean]>([
  ['lasts when it was seen at every look', [[7, 0], [7, 2000], [7, 3001]], true],
  ['does not last yet', [[7, 0], [7, 3000]], false],
  ['starts over after a look that did not see it', [[7, 0], [7, 2900], [null, 2950], [7, 3000], [7, 4000]], false],
  ['starts over when another takes its place', [[7, 0], [8, 2900], [8, 4000]], false],
  ['lasts after it started over', [[7, 0], [null, 2000], [7, 2500], [7, 5501]], true],
  ['is not nothing', [[null, 0], [null, 9000]], false],
])('what is seen %s', (_, looks, expected) => {
  const lasts = lasting(3000);
  expect(looks.map(([seen, now]) => lasts(seen, now)).at(-1)).toBe(expected);
});
