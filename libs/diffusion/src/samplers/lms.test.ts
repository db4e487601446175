import { edmLevels } from '../samplers.fixture.js';
import { memoryOf } from '../tableau.js';
import { lagrangeWeights, lms } from './lms.js';

describe('lagrangeWeights', () => {
  it.each([
    [1, [1]],
    [2, [3 / 2, -1 / 2]],
    [3, [23 / 12, -16 / 12, 5 / 12]],
    [4, [55 / 24, -59 / 24, 37 / 24, -9 / 24]],
  ])('are Adams-Bashforth\'s of order %p on even levels', (order, expected) => {
    const [h, from] = [-0.3, 7];
    const nodes = Array.from({ length: order }, (_, i) => from - i * h);
    lagrangeWeights(nodes, from, from + h).forEach((weight, i) => expect(weight).toBeCloseTo(h * expected[i]!, 12));
  });

  it('are known on EDM\'s levels', () => {
    const levels = edmLevels(10);
    const weights = lagrangeWeights([3, 2, 1, 0].map((i) => levels[i]!), levels[3]!, levels[4]!);
    [-8.053237833557, 3.026192698884, -0.687067376888, 0.057034759255].forEach((expected, i) => expect(weights[i]).toBeCloseTo(expected, 11));
  });

  it.each([1, 2, 3, 4])('of order %p integrate each polynomial below it exactly, on any levels', (order) => {
    const nodes = [5.2, 7.9, 8.3, 13].slice(0, order);
    const [from, to] = [5.2, 1.4];
    const weights = lagrangeWeights(nodes, from, to);
    for (let power = 0; power < order; power++) {
      const integral = (to ** (power + 1) - from ** (power + 1)) / (power + 1);
      const sum = weights.reduce((total, weight, i) => total + weight * nodes[i]! ** power, 0);
      expect(Math.abs(sum / integral - 1)).toBeLessThan(1e-12);
    }
  });
});

describe('lms', () => {
  it('looks back no further than its order or the start of the run', () => {
    expect(lms({ order: 4 })(edmLevels(6)).map((step) => memoryOf([step]))).toEqual([0, 1, 2, 3, 3, 3]);
    expect(memoryOf(lms({ order: 1 })(edmLevels(6)))).toBe(0);
  });
});
