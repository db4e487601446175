import fc from 'fast-check';
import { claimToComplete, overheadOf, rateOf } from './rate.js';

test('things done every 5 ms are 200 a second, in whichever order they are given', () => {
  const times = Array.from({ length: 101 }, (_, index) => 1e12 + 5 * index);
  expect(rateOf(times.toReversed(), { from: 10, to: 90 })).toBeCloseTo(200, 6);
});

test('what lies outside the window does not matter', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 50 }), fc.integer({ min: 1, max: 1e6 }), (gaps, pause) => {
    let at = 0;
    const times = gaps.map((gap) => (at += gap + 1));
    const window = { from: 1, to: times.length - 2 };
    if (window.to <= window.from) return;
    const slowEnds = [times[0]! - pause, ...times.slice(1, -1), times.at(-1)! + pause];
    expect(rateOf(slowEnds, window)).toBe(rateOf(times, window));
  }));
});

test('a window that was not reached is an error that says how far it came', () => {
  expect(() => rateOf([1, 2, 3], { from: 0, to: 3 })).toThrow('3 were done, 4 are needed');
});

test('claim to complete is taken of the attempts that ended within the window', () => {
  const attempts = Array.from({ length: 100 }, (_, index) => ({ startedAt: 10 * index - (index < 50 ? 1000 : 7), endedAt: 10 * index }));
  expect(claimToComplete(attempts.toReversed(), { from: 50, to: 100 })).toEqual({ answers: 50, p50: 7, p99: 7, max: 7 });
});

test.each([
  ['as fast as possible', 63_000, 0],
  ['a tenth longer', 69_300, 10],
])('1,000 stages of 1 s on 16 slots, %s', (_, tookMs, percent) => {
  expect(overheadOf(tookMs, { stages: 1000, stageMs: 1000, slots: 16 })).toBeCloseTo(percent, 9);
});
