import type { KindProgress } from '@elucidate/store/queries/sweeps';
import { isRaceOpen } from '@elucidate/experiment/race-open';
import { clock, drawProgress } from './bars.js';
import { predictionLines } from './predictions.js';

const train: KindProgress = { kind: 'train', states: { done: 3, running: 1, waiting: 4 }, reused: 2, workDone: 50, workTotal: 100 };
const score: KindProgress = { kind: 'score', states: { waiting: 7, failed: 1 }, reused: 0, workDone: 0, workTotal: 0 };

test.each([[0, '0:00'], [83, '1:23'], [3723, '1:02:03'], [-5, '0:00'], [172_799, '47:59:59'], [276_480, '3.2 days'], [106_617_600, '1,234 days']])('%d seconds are shown as %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

test('a bar shows work, not counts: half the work done is half a bar, even if only 3 of 8 stages are done', () => {
  const [line] = drawProgress({ kinds: [train], elapsedMs: 0, eta: null, running: [] });
  expect(line).toBe('  train       ████████████░░░░░░░░░░░░ 3/8  1 running, 2 reused');
});

test('a kind without work is drawn by its counts, and says what failed', () => {
  const lines = drawProgress({ kinds: [score], elapsedMs: 5000, eta: { seconds: 65, low: 50, high: 90 }, running: ['train 3fa2c1d0  step 1 of 2'] });
  expect(lines).toEqual(['  score       ░░░░░░░░░░░░░░░░░░░░░░░░ 0/8  1 failed or cancelled', '    train 3fa2c1d0  step 1 of 2', '  0/8 stages, 0:05 elapsed, about 1:05 (0:50 to 1:30) left']);
});

test('of a race that goes on, what is left is left to its next look', () => {
  expect(drawProgress({ kinds: [train], elapsedMs: 5000, eta: { seconds: 65, low: 50, high: 90 }, toLook: isRaceOpen({ race: { looks: [], over: false } }), running: [] }).at(-1)).toBe('  3/8 stages, 0:05 elapsed, about 1:05 (0:50 to 1:30) to the next look of its race');
  expect([{}, { race: null }, { race: { over: true } }].map(isRaceOpen)).toEqual([false, false, false]);
});

test('of a sweep that is paused nothing is estimated', () => {
  expect(drawProgress({ kinds: [train], elapsedMs: 5000, eta: null, paused: true, running: [] }).at(-1)).toBe('  3/8 stages, 0:05 elapsed');
});

test('kinds stand in the order in which a trial passes them', () => {
  const kinds = (['score', 'train', 'extractor', 'sample'] as const).map((kind) => ({ ...train, kind }));
  expect(drawProgress({ kinds, elapsedMs: 0, eta: null, running: [] }).slice(0, 4).map((line) => line.trim().split(' ')[0])).toEqual(['extractor', 'train', 'sample', 'score']);
});

test('no time left is shown when no stage is left to run', () => {
  const ended: KindProgress = { ...train, states: { done: 7, failed: 1 } };
  expect(drawProgress({ kinds: [ended], elapsedMs: 1000, eta: null, running: [] }).at(-1)).toBe('  7/8 stages, 0:01 elapsed');
});

test('what was expected is held against what came of it, once it has', () => {
  const one = { moment: 50, at: '2026-11-27T10:00:00.000Z', seconds: 65, low: 50, high: 90, slots: 2, took: 70 };
  expect(predictionLines([{ ...one, moment: 5, took: 95 }, one])).toEqual(['  expected to end, by moment: 1 of 2 within the 95 % interval', '    at  5 % done: in 1:05 (0:50 to 1:30); took 1:35', '    at 50 % done: in 1:05 (0:50 to 1:30); took 1:10']);
  expect(predictionLines([{ ...one, took: null }])).toEqual([]);
});
