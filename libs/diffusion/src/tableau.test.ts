import { executeStep } from './execute-step.js';
import { gammaOf } from './levels.js';
import { gaussianDenoiser } from './oracles.js';
import { ancestralSplit, evaluationCount, drawsOf, eachStep, here, memoryOf, stepTo, noiseOf, towards } from './tableau.js';
import type { Combination, Step, Tableau } from './tableau.js';
import { tableauOf } from './samplers.js';
import type { SamplerShape } from './samplers.js';
import { edmLevels, everySampler, named } from './samplers.fixture.js';
import { completed, runOnNumber } from './scalar-run.fixture.js';

describe('ancestralSplit', () => {
  it.each([[1, 2.5, 4.330127], [0.5, 4.506939, 2.165064], [0, 5, 0]])('divides 10 -> 5 at eta %p', (eta, down, up) => {
    const split = ancestralSplit(10, 5, eta);
    expect(split.down).toBeCloseTo(down, 6);
    expect(split.up).toBeCloseTo(up, 6);
    expect(Math.hypot(split.down, split.up)).toBeCloseTo(5, 12);
  });

  it('adds no noise on the step to 0', () => {
    expect(ancestralSplit(10, 0, 1)).toEqual({ down: 0, up: 0 });
  });

  it('has the noise of DDIM in gamma, Song et al. 2021, eq. 16', () => {
    const [b, sigma, next, eta] = [0.4, 3, 1.2, 0.7];
    const [gamma, after] = [gammaOf(sigma, b), gammaOf(next, b)];
    const inGamma = eta * Math.sqrt((1 - after) / (1 - gamma)) * Math.sqrt(1 - gamma / after);
    expect(ancestralSplit(sigma, next, eta).up).toBeCloseTo(inGamma / (Math.sqrt(after) * b), 12);
  });
});

describe('a step', () => {
  const step: Step = {
    evaluations: [{ at: { y: 1, noise: [2] }, sigma: 3 }, { at: { y: 0.5, x0: [0.5] }, sigma: 1 }],
    end: { y: 0.25, x0: [0.125, 0.5], past: [{ y: 1, x0: -1 }, { y: 0, x0: 4 }], eps: 8, noise: [0, 16] },
  };

  it('is executed as written', () => {
    const requests: [number, number][] = [];
    let draw = 0;
    const execution = executeStep<number>(step, { y: 10, past: [{ y: 7, x0: 5 }, { y: 100, x0: 1 }] }, {
      combine: (terms) => terms.reduce((sum, [value, weight]) => sum + value * weight, 0),
      noise: () => 0.5 + draw++,
    });
    const { y, x0 } = completed(execution, ({ y: point, sigma }) => {
      requests.push([point, sigma]);
      return { x0: 2 * sigma, eps: () => 0.125 };
    });
    expect(requests).toEqual([[10 + 2 * 0.5, 3], [5 + 0.5 * 6, 1]]);
    expect(x0).toBe(6);
    expect(y).toBe(2.5 + 0.75 + 1 + (7 - 5) + 4 + 1 + 16 * 1.5);
  });

  it('declares what it needs', () => {
    expect(drawsOf(step)).toBe(2);
    expect(memoryOf([step, stepTo(3, here)])).toBe(2);
    expect(evaluationCount([step, stepTo(3, here)])).toBe(3);
    expect([drawsOf(stepTo(3, here)), memoryOf([])]).toEqual([0, 0]);
  });

  it('draws no noise of weight 0', () => {
    expect(noiseOf(0)).toEqual({});
    expect(towards(4, 1, 2)).toEqual({ y: 0.25, x0: [0.75], noise: [2] });
    expect(towards(4, 0)).toEqual({ y: 0, x0: [1] });
  });

  it('knows its levels and the number of steps', () => {
    const seen: number[][] = [];
    eachStep((...levels) => {
      seen.push(levels);
      return stepTo(1, here);
    })([3, 1, 0]);
    expect(seen).toEqual([[3, 1, 2], [1, 0, 2]]);
  });
});

describe('an evaluation that knows x0-hat', () => {
  const std = 0.5;
  /** The first x0-hat from the closed form for N(0, std^2), where the denoiser would return the same. */
  const analytic = (tableau: Tableau): Tableau => (sigmas) => tableau(sigmas).map(({ evaluations: [first, ...others], end }, i) => (
    { evaluations: [i === 0 ? { ...first, x0Hat: { y: std ** 2 / (std ** 2 + first.sigma ** 2) } } : first, ...others], end }));

  it.each([{ kind: 'heun' }, { kind: 'lms', order: 3 }, { kind: 'ddim', eta: 0, noiseFrom: 'network' }] as SamplerShape[])('saves the call and changes nothing else: %j', (sampler) => {
    const tableau = tableauOf(sampler, { b: 0.6 });
    const run = { denoiser: gaussianDenoiser({ mean: 0, std }), y: 33 };
    const levels = edmLevels(9);
    expect(runOnNumber(analytic(tableau), run, levels)).toBeCloseTo(runOnNumber(tableau, run, levels), 12);
    expect(evaluationCount(analytic(tableau)(levels))).toBe(evaluationCount(tableau(levels)) - 1);
  });
});

describe.each(everySampler.map((sampler) => [named(sampler), sampler] as const))('%s', (_, sampler) => {
  const total = ({ y, x0 = [], past = [] }: Combination) => y + [...x0, ...past.flatMap((weight) => [weight.y, weight.x0])].reduce((sum, weight) => sum + weight, 0);

  it('combines only with weights that sum to one', () => {
    for (const steps of [1, 2, 17]) {
      for (const { evaluations, end } of tableauOf(sampler, { b: 0.6 })(edmLevels(steps))) {
        for (const combination of [...evaluations.map(({ at }) => at), end]) expect(total(combination)).toBeCloseTo(1, 10);
      }
    }
  });
});
