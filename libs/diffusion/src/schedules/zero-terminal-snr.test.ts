import { betaLinear, vp } from './decay.js';
import { cosineReleased } from './log-snr.js';
import type { Schedule } from './schedule.js';
import { zeroTerminalSnr } from './zero-terminal-snr.js';

const clipMin = 1e-9;
const of: [string, Schedule][] = [
  ['beta-linear', betaLinear({ betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin })],
  ['vp', vp({ betaD: 19.9, betaMin: 0.1, clipMin })],
  ['cosine-released', cosineReleased({ clipMin })],
];

describe.each(of)('%s, rescaled to zero terminal SNR', (_name, before) => {
  const after = zeroTerminalSnr(before, clipMin);
  const root = (t: number) => Math.sqrt(before.gamma(t));

  it('has sqrt(gamma) shifted and scaled', () => {
    for (const t of [0, 0.1, 0.5, 0.9, 0.99]) {
      const expected = ((root(t) - root(1)) * root(0)) / (root(0) - root(1));
      expect(after.gamma(t) / expected ** 2).toBeCloseTo(1, 12);
    }
  });

  it('keeps its start and ends at clipMin', () => {
    expect(after.gamma(0)).toBeCloseTo(before.gamma(0), 15);
    expect(after.gamma(1)).toBe(clipMin);
    expect(before.gamma(1)).toBeGreaterThan(clipMin);
  });
});

it('gives the numbers of the discrete algorithm, except at the first level, which stays as it is', () => {
  const before = betaLinear({ betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin });
  const after = zeroTerminalSnr(before, clipMin);
  const roots = Array.from({ length: 1000 }, (_unused, i) => Math.sqrt(before.gamma((i + 1) / 1000)));
  const [first, last] = [roots[0]!, roots[999]!];
  roots.slice(0, -1).forEach((root, i) => {
    const discrete = (((root - last) * first) / (first - last)) ** 2;
    // keeping alphaBar_1 = .9999 instead of alphaBar_0 = 1 changes sqrt(gamma) by last/first * (1 - first) = 3e-7, relative
    expect(Math.abs(after.gamma((i + 1) / 1000) / discrete - 1)).toBeLessThan(7e-7);
  });
});
