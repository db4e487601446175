import { asleepMs } from './reconcile.js';
import { pauseMs } from './reconcile-repeatedly.js';

/** Numbers from 0 up to 1 that look random (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([1, 2, 20, 100, 500])('%i workers that start together never look like an installation that stood still, and make a pass about every two seconds', (workers) => {
  const [next, horizon] = [numbers(workers), 3_600_000];
  const passes = Array.from({ length: workers }, () => {
    const own = [0];
    while (own.at(-1)! < horizon) own.push(own.at(-1)! + pauseMs(2000, { workers, uniform: next() }));
    return own.slice(0, -1);
  }).flat().sort((a, b) => a - b);
  const gaps = [...passes, horizon].map((at, i) => at - (passes[i - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(asleepMs);
  const mean = horizon / (passes.length - workers);
  expect(mean).toBeGreaterThan(1700);
  expect(mean).toBeLessThan(2300);
});
