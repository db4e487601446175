import { executeStep } from './execute-step.js';
import { gammaOf } from './levels.js';
import { ancestralSplit, evaluationsOf, drawsOf, eachStep, here, memoryOf, stepTo, noiseOf, towards } from './tableau.js';
import type { Combination, Step } from './tableau.js';
import { tableauOf } from './samplers.js';
import { edmLevels, everySampler, named } from './samplers.fixture.js';
import { completed } from './scalar-run.fixture.js';

describe('ancestralSplit', () => {
  it.each([[1, 2.5, 4.330127], [0.5, 4.506939, 2.165064], [0, 5, 0]])('divides 10 -> 5 at eta %p', (eta, down, up) => {
    const split = ancestralSplit(10, 5, eta);
    expect(split.down).toBeCloseTo(down, 6);
    expect(split.up).toBeCloseTo(up, 6);
    expect(Math.hypot(split.down, split.up)).toBeCloseTo(5, 12);
  });

  it('adds no noise on the move to 0', () => {
    expect(ancestralSplit(10, 0, 1)).toEqual({ down: 0, up: 0 });
  });

  it('has the noise of DDIM in gamma, Song et al. 2021, eq. 16', () => {
    const [b, sigma, next, eta] = [0.4, 3, 1.2, 0.7];
    const [gamma, after] = [gammaOf(sigma, b), gammaOf(next, b)];
    const inGamma = eta * Math.sqrt((1 - after) / (1 - gamma)) * Math.sqrt(1 - gamma / after);
    expect(ancestralSplit(sigma, next, eta).up).toBeCloseTo(inGamma / (Math.sqrt(after) * b), 12);
  });
});

describe('a move', () => {
  const move: Step = {
    evaluations: [{ at: { y: 1, noise: [2] }, sigma: 3 }, { at: { y: 0.5, x0: [0.5] }, sigma: 1 }],
    end: { y: 0.25, x0: [0.125, 0.5], past: [{ y: 1, x0: -1 }, { y: 0, x0: 4 }], eps: 8, noise: [0, 16] },
  };

  it('is carried out as it is written', () => {
    const asked: [number, number][] = [];
    let draw = 0;
    const moving = executeStep<number>(move, { y: 10, past: [{ y: 7, x0: 5 }, { y: 100, x0: 1 }] }, {
      mix: (terms) => terms.reduce((sum, [value, weight]) => sum + value * weight, 0),
      noise: () => 0.5 + draw++,
    });
    const { y, x0 } = completed(moving, ({ y: point, sigma }) => {
      asked.push([point, sigma]);
      return { x0: 2 * sigma, eps: () => 0.125 };
    });
    expect(asked).toEqual([[10 + 2 * 0.5, 3], [5 + 0.5 * 6, 1]]);
    expect(x0).toBe(6);
    expect(y).toBe(2.5 + 0.75 + 1 + (7 - 5) + 4 + 1 + 16 * 1.5);
  });

  it('says what it needs', () => {
    expect(drawsOf(move)).toBe(2);
    expect(memoryOf([move, stepTo(3, here)])).toBe(2);
    expect(evaluationsOf([move, stepTo(3, here)])).toBe(3);
    expect([drawsOf(stepTo(3, here)), memoryOf([])]).toEqual([0, 0]);
  });

  it('draws no noise of weight 0', () => {
    expect(noiseOf(0)).toEqual({});
    expect(towards(4, 1, 2)).toEqual({ y: 0.25, x0: [0.75], noise: [2] });
    expect(towards(4, 0)).toEqual({ y: 0, x0: [1] });
  });

  it('knows its levels and the length of its walk', () => {
    const seen: number[][] = [];
    eachStep((...levels) => {
      seen.push(levels);
      return stepTo(1, here);
    })([3, 1, 0]);
    expect(seen).toEqual([[3, 1, 2], [1, 0, 2]]);
  });
});

describe.each(everySampler.map((sampler) => [named(sampler), sampler] as const))('%s', (_, sampler) => {
  const total = ({ y, x0 = [], past = [] }: Combination) => y + [...x0, ...past.flatMap((weight) => [weight.y, weight.x0])].reduce((sum, weight) => sum + weight, 0);

  it('only ever takes averages of what it has and what it is told', () => {
    for (const steps of [1, 2, 17]) {
      for (const { evaluations, end } of tableauOf(sampler, { b: 0.6 })(edmLevels(steps))) {
        for (const mix of [...evaluations.map(({ at }) => at), end]) expect(total(mix)).toBeCloseTo(1, 10);
      }
    }
  });
});
