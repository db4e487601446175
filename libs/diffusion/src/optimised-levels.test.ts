import { randomStream } from './noise.js';
import { gaussianDenoiser, gaussianFlow } from './oracles.js';
import { eulerMoveErrors, leastPath } from './optimised-levels.js';

const random = randomStream(7);
const costsOf = (levels: number) => Array.from({ length: levels - 1 }, (_, i) => Array.from({ length: levels - 1 - i }, () => random.uniform()));

/** Every path from level i to the last, as lists of levels. */
function paths(i: number, last: number, moves: number): number[][] {
  if (moves === 1) return [[i, last]];
  return Array.from({ length: Math.max(0, last - i - 1) }, (_, ahead) => i + 1 + ahead).flatMap((j) => paths(j, last, moves - 1).map((rest) => [i, ...rest]));
}

describe('the least path', () => {
  it.each([[5, 1, 1.15], [7, 3, 1.15], [8, 4, 1], [8, 7, 0.8], [6, 5, 2]])('of %p levels in %p moves, coefficient %p, is the least of all paths', (levels, moves, coefficient) => {
    const costs = costsOf(levels);
    const total = (path: readonly number[]): number => (path.length === 1 ? 0 : costs[path[0]!]![path[1]! - path[0]! - 1]! + coefficient * total(path.slice(1)));
    const found = leastPath(costs, moves, coefficient);
    expect(found).toHaveLength(moves + 1);
    expect([found[0], found.at(-1)]).toEqual([0, levels - 1]);
    const all = paths(0, levels - 1, moves).map(total);
    expect(total(found)).toBe(Math.min(...all));
  });

  it('is all levels if it has as many moves, and refuses more', () => {
    expect(leastPath(costsOf(6), 5, 1.15)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => leastPath(costsOf(6), 6, 1.15)).toThrow(new RangeError('6 moves between 6 levels: at most 5 are possible'));
  });
});

describe('errors of Euler moves', () => {
  const data = { mean: 0.3, std: 0.5 };
  const sigmas = [10, 4, 1.5, 0.4, 0];
  const [flow, denoiser] = [gaussianFlow(data), gaussianDenoiser(data)];

  it('are those of the closed form on Gaussian data, by image', () => {
    // two images of two pixels
    const starts = [12, -3, 5, 9];
    const states = sigmas.map((sigma) => Float32Array.from(starts, (y) => flow(y, 10, sigma)));
    const x0 = sigmas.slice(0, -1).map((sigma, i) => Float32Array.from(states[i]!, (y) => denoiser(y, sigma)));
    const errors = eulerMoveErrors({ states, x0 }, sigmas, 2);
    expect(errors.map((row) => row.length)).toEqual([4, 3, 2, 1]);
    const off = (y: number, i: number, j: number) => {
      const at = flow(y, 10, sigmas[i]!);
      return at + (sigmas[j]! - sigmas[i]!) * ((at - denoiser(at, sigmas[i]!)) / sigmas[i]!) - flow(y, 10, sigmas[j]!);
    };
    errors.forEach((row, i) => row.forEach((error, ahead) => {
      const j = i + 1 + ahead;
      const expected = Math.hypot(off(12, i, j), off(-3, i, j)) + Math.hypot(off(5, i, j), off(9, i, j));
      expect(Math.abs(error - expected)).toBeLessThan(1e-5);
    }));
  });

  it('are none where the denoiser knows the image', () => {
    const states = sigmas.map((sigma) => Float32Array.from([1, -2], (noise) => 0.7 + sigma * noise));
    const x0 = sigmas.slice(0, -1).map(() => Float32Array.from([0.7, 0.7]));
    for (const error of eulerMoveErrors({ states, x0 }, sigmas, 2).flat()) expect(error).toBeLessThan(1e-5);
  });
});
