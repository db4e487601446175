import { unendedBecause, type Progress } from './unended.js';

/** Looks at a fleet whose progress is a function of the time in seconds, with a patience of 120 s; what came of it, and when. */
async function waited(progress: (seconds: number) => Progress): Promise<[why: string | null, seconds: number]> {
  let now = 1_000_000;
  const seconds = (): number => (now - 1_000_000) / 1000;
  const why = await unendedBecause(async () => progress(seconds()), 120_000, { now: () => now, sleep: async (ms) => void (now += ms) });
  return [why, seconds()];
}

test.each<[string, (seconds: number) => Progress, string | null, number]>([
  ['that has ended is not waited for', () => ({ open: 0, done: 9 }), null, 0],
  ['that is slow is waited for as long as its stages end', (s) => ({ open: s < 600 ? 1 : 0, done: Math.floor(s / 100) }), null, 600],
  ['that stands still is given up', (s) => ({ open: 3, done: Math.min(2, Math.floor(s / 10)) }), 'no stage ended for 120 s', 140],
  ['that makes stages again for ever is given up', (s) => ({ open: 1, done: Math.floor(s / 10) }), 'stages end (120 attempts are done), yet not all of them after 1200 s', 1200],
])('a fleet %s', async (_, progress, why, seconds) => {
  expect(await waited(progress)).toEqual([why, seconds]);
});
