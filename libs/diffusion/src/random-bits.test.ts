import { hashed, xoshiro128 } from './random-bits.js';

describe('xoshiro128**', () => {
  it('gives the numbers of its authors\' C code from the state 1, 2, 3, 4', () => {
    const bits = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, bits)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('leaves the all-zero state, which would stay zero', () => {
    const bits = xoshiro128([0, 0, 0, 0]);
    expect(Array.from({ length: 20 }, bits).some((value) => value !== 0)).toBe(true);
  });
});

describe('hashed', () => {
  it('depends on order, length and both halves of each integer', () => {
    const names = [[], [0], [0, 0], [1, 2], [2, 1], [1], [1 + 2 ** 32], [2 ** 32], [2 ** 53 - 1], [1, 2, 0]];
    expect(new Set(names.map((name) => hashed(name).join())).size).toBe(names.length);
  });

  it('flips about half of all bits when one bit of the name flips', () => {
    const turned = (a: number, b: number) => (a ^ b).toString(2).replace(/[^1]/g, '').length;
    for (let bit = 0; bit < 53; bit++) {
      const [from, to] = [hashed([12345, 678]), hashed([12345, 678 + 2 ** bit])];
      const count = from.reduce((sum, word, i) => sum + turned(word >>> 1, to[i]! >>> 1), 0);
      // of 124 compared bits; a fair coin falls outside with odds of 1 in 10^7 per try
      expect(Math.abs(count - 62)).toBeLessThan(31);
    }
  });
});
