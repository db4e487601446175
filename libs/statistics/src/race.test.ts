import { raced } from './proofs/race.js';
import { stoppedAt } from './race.js';
import { seededRandom } from './random.js';
import { grid } from './simulated.js';

const look = { better: 'lower', level: 0.05, looks: 1, among: 3 } as const;
const rows = (...values: number[][]) => values.map((row) => grid(row.map((value) => [value])));

test('what is behind on every seed is stopped, what is not far enough behind, ahead or alone is not', () => {
  const scores = rows([30, 34, 32, 31], [40, 44.2, 41.9, 41], [30.5, 33, 32.2, 31.1]);
  expect(stoppedAt(scores, look)).toEqual([false, true, false]);
  expect(stoppedAt(scores.map((trials) => trials.map((trial) => ({ ...trial, value: -trial.value }))), { ...look, better: 'higher' })).toEqual([false, true, false]);
  expect(stoppedAt(rows([1, 2]), look)).toEqual([false]);
  expect(stoppedAt(rows([1], [100]), { ...look, among: 2 })).toEqual([false, false]);
});

test('the more looks and configurations, the more it takes', () => {
  const scores = rows([30, 34, 32], [31, 35.2, 33.1]);
  expect([stoppedAt(scores, { ...look, among: 2 }), stoppedAt(scores, { ...look, among: 20, looks: 8 })]).toEqual([[false, true], [false, false]]);
});

test('of a thousand races between six that are equal, at most one in twenty stops the one that counts as the best', () => {
  const random = seededRandom(9);
  const kept = Array.from({ length: 1000 }, () => raced(random, new Array<number>(6).fill(30)).kept);
  expect(kept.filter(Boolean).length / 1000).toBeGreaterThan(0.95);
});

test('a race between configurations far apart makes half of the training runs at most', () => {
  const random = seededRandom(9);
  const made = Array.from({ length: 50 }, () => raced(random, Array.from({ length: 12 }, (_, i) => 30 + 10 * i)).made);
  expect(made.reduce((a, b) => a + b) / 50).toBeLessThan(0.5);
});
