import { leftText } from './left-text.js';

test.each([
  [{ ready: 1, waiting: 2, running: 2, done: 9 }, '3 stages to run, 2 running'],
  [{ waiting: 1 }, '1 stage to run'],
  [{ running: 1, done: 9 }, '1 stage running'],
  [{ done: 9, failed: 1 }, 'nothing is left to run'],
])('of %j, %s', (stages, text) => {
  expect(leftText({ stages })).toBe(text);
});
