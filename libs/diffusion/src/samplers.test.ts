import * as tf from '@tensorflow/tfjs-core';
import { counted } from './denoiser.js';
import { karrasLevels } from './discretisations/karras.js';
import { evaluationCount, drawsOf } from './tableau.js';
import type { Combination, Step } from './tableau.js';
import { imageSeed, noiseSource } from './noise.js';
import { gaussianDenoiser, gaussianFlow, mixtureDenoiser, pointwise, twoDiracsDenoiser } from './oracles.js';
import type { PointDenoiser } from './oracles.js';
import { nfe, order, tableauOf, samplerOf } from './samplers.js';
import type { SamplerShape } from './samplers.js';
import { deterministic, edmLevels, everySampler, named, stochastic } from './samplers.fixture.js';
import { endOnGaussian, runOnNumber } from './scalar-run.fixture.js';
import { initialState } from './sampling-run.js';
import type { SamplingRun } from './sampling-run.js';

const b = 0.6;
const distribution = { mean: 0.3, std: 0.5 };
const gaussian = gaussianDenoiser(distribution);
const mixture = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);
const shape = [2, 2, 1] as const;
const seedsOf = (n: number) => Array.from({ length: n }, (_, i) => imageSeed(5, i));

const run = (sampler: SamplerShape, denoiser: PointDenoiser, y: number, sigmas: readonly number[]) =>
  runOnNumber(tableauOf(sampler, { b }), { denoiser, y }, sigmas);

/** The images of a sampling run from its own initial state. */
async function images(sampler: SamplerShape, seeds: readonly number[], sigmas = edmLevels(10)): Promise<number[]> {
  const options: SamplingRun = { sigmas, noise: noiseSource(seeds, shape) };
  const y = initialState(options);
  const x0 = await samplerOf(sampler, { b })(pointwise(gaussian), y, options);
  const values = Array.from(x0.dataSync());
  tf.dispose([y, x0]);
  return values;
}

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const rows = (shapes: readonly SamplerShape[]) => shapes.map((sampler) => [named(sampler), sampler] as const);

describe.each(rows(everySampler))('%s', (_, sampler) => {
  it('calls the denoiser as often as it declares', async () => {
    for (const steps of [1, 2, 9]) {
      const { denoiser, calls } = counted(pointwise(gaussian));
      const options: SamplingRun = { sigmas: edmLevels(steps), noise: noiseSource([1], shape) };
      const y = initialState(options);
      tf.dispose([y, await samplerOf(sampler, { b })(denoiser, y, options)]);
      expect(calls()).toBe(nfe(sampler, steps));
      expect(evaluationCount(tableauOf(sampler, { b })(options.sigmas))).toBe(nfe(sampler, steps));
    }
  });

  it('generates the same image from a seed, whatever the batch and its order', async () => {
    const seeds = seedsOf(3);
    const whole = await images(sampler, seeds);
    const turned = await images(sampler, [...seeds].reverse());
    for (const [i, seed] of seeds.entries()) {
      const image = whole.slice(4 * i, 4 * i + 4);
      expect(await images(sampler, [seed])).toEqual(image);
      expect(turned.slice(4 * (2 - i), 4 * (3 - i))).toEqual(image);
    }
  });

  it('returns the single image that the denoiser knows, in any number of steps', () => {
    for (const steps of [1, 2, 5, 9, 30]) {
      let seed = 1;
      const noise = () => Math.sin(seed++ * 12.9898) * 3;
      expect(runOnNumber(tableauOf(sampler, { b }), { denoiser: () => 0.7, y: 80, noise }, edmLevels(steps))).toBeCloseTo(0.7, 12);
    }
  });

  it('leaves noise of the level it arrives at, around a known image', () => {
    const sigmas = edmLevels(6);
    // the large variance and noise inflated by sNoise leave more, on purpose
    const more = named(sampler).includes('large') || 'sNoise' in sampler;
    for (const length of [2, 3, 4, 5, 6, 7]) {
      const { std } = endOnGaussian(tableauOf(sampler, { b }), { mean: 0.7, std: 0 }, sigmas.slice(0, length));
      const excess = std - sigmas[length - 1]!;
      if (more) expect(excess).toBeGreaterThan(-1e-11);
      else expect(Math.abs(excess)).toBeLessThan(1e-11);
    }
  });

  it('leaves the standard deviation that the recursion of its steps gives, within four standard errors', async () => {
    const n = 300;
    const known = endOnGaussian(tableauOf(sampler, { b }), distribution, edmLevels(10));
    const values = await images(sampler, seedsOf(n));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    expect(Math.abs(mean - known.mean)).toBeLessThan((4 * known.std) / Math.sqrt(4 * n));
    expect(Math.abs(Math.sqrt(variance) / known.std - 1)).toBeLessThan(4 / Math.sqrt(2 * 4 * n));
  });

  it('converges to the distribution of the data with more steps', () => {
    const { mean, std } = endOnGaussian(tableauOf(sampler, { b }), distribution, edmLevels(200));
    expect(mean).toBeCloseTo(distribution.mean, 2);
    // churn with sNoise above 1 and the first-order samplers are furthest off
    expect(Math.abs(std / distribution.std - 1)).toBeLessThan(0.035);
  });
});

describe.each(rows(deterministic))('%s without noise', (_, sampler) => {
  it('draws none', () => {
    expect(tableauOf(sampler, { b })(edmLevels(9)).map(drawsOf)).toEqual(Array(9).fill(0));
  });

  it('converges to the exact flow with more steps', () => {
    const flow = gaussianFlow(distribution)(80, 80, 0);
    expect(flow).toBeCloseTo(0.798115271281, 9);
    // Euler's error falls like 1.5/steps here
    expect(Math.abs(run(sampler, gaussian, 80, edmLevels(500)) - flow)).toBeLessThan(4e-3);
  });

  it('converges with its order', () => {
    const declared = order(sampler)!;
    // its last coefficient takes the most steps to show
    const finest = sampler.kind === 'lms' || sampler.kind.startsWith('dpmpp-3m') ? 5120 : ['ipndm', 'deis', 'unipc', 'sa-solver', 'dpm-3'].includes(sampler.kind) ? 1280 : 640;
    // at sigma 80 x0-hat hardly changes, and the first step of a multistep solver, Euler's, costs nothing: there order 4 looks like 4
    const [start, levels] = finest === 1280 ? [0.7, (steps: number) => karrasLevels(steps, { rho: 7, sigmaMin: 0.2, sigmaMax: 0.8 })] as const : sampler.kind === 'lms' ? [8, (steps: number) => karrasLevels(steps, { rho: 7, sigmaMin: 0.1, sigmaMax: 4 })] as const : [30, edmLevels] as const;
    const measured = [gaussian, mixture].map((denoiser) => {
      // down to sigmaMin: the last step, to 0, is Euler's in each method
      const ends = [4, 2, 1].map((by) => run(sampler, denoiser, start, levels(finest / by).slice(0, -1)));
      return Math.log2(Math.abs(ends[1]! - ends[0]!) / Math.abs(ends[2]! - ends[1]!));
    });
    // on Gaussian data the midpoint's leading error happens to vanish
    expect(Math.min(...measured)).toBeGreaterThan(declared - 0.12);
    expect(measured[1]).toBeLessThan(declared + 0.12);
  });

  it('ends at one of two images, the one on the side where it started', () => {
    const digits = sampler.kind === 'lms' && sampler.order > 1 || sampler.kind.endsWith('m-sde') ? 3 : 9;
    for (const start of [80, 8, -20]) {
      expect(run(sampler, twoDiracsDenoiser(), start, edmLevels(20))).toBeCloseTo(Math.sign(start), digits);
    }
  });
});

describe.each(rows(stochastic.filter((sampler) => 'eta' in sampler && 'sNoise' in sampler)))('%s', (_, sampler) => {
  it('multiplies all fresh noise by sNoise, and changes nothing else', () => {
    const times = (factor: number) => ({ noise = [], ...rest }: Combination): Combination => ({ ...rest, noise: noise.map((weight) => factor * weight) });
    const scaled = (step: Step, factor: number) => [...step.evaluations.map(({ at }) => at), step.end].map(times(factor));
    const [plain, noisy] = [1, 1.5].map((sNoise) => tableauOf({ ...sampler, sNoise } as SamplerShape, { b })(edmLevels(9)));
    const digits = (combinations: Combination[]) => JSON.parse(JSON.stringify(combinations, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(13)) : value))) as unknown;
    plain!.forEach((step, i) => expect(digits(scaled(noisy![i]!, 1))).toEqual(digits(scaled(step, 1.5))));
    expect(plain!.flatMap((step) => step.end.noise ?? []).length).toBeGreaterThan(0);
  });
});

describe.each(rows(stochastic))('%s with noise', (_, sampler) => {
  it('draws some, none on its way to 0, and has no order', () => {
    const draws = tableauOf(sampler, { b })(edmLevels(9)).map(drawsOf);
    expect(Math.max(...draws)).toBe(sampler.kind === 'dpmpp-sde' && sampler.r < 1 ? 2 : 1);
    expect(draws.at(-1)).toBe(0);
    expect(order(sampler)).toBeUndefined();
  });
});

/** Results on N(.3, .5^2) with EDM's levels: 10 steps from 80 and from -40, 18 from 80; the standard deviation after 10 steps. From separate float64 programs. */
const exact: [SamplerShape, number, number, number, number][] = [
  [{ kind: 'euler' }, 0.663843516069, 0.116023918475, 0.721445068521, 0.3652130651],
  [{ kind: 'ddim', eta: 0 }, 0.663843516069, 0.116023918475, 0.721445068521, 0.3652130651],
  [{ kind: 'heun' }, 0.907511258296, -0.007185742902, 0.825646044612, 0.609798],
  [{ kind: 'dpm-2' }, 0.858492629948, 0.017600338935, 0.813866790408, 0.560595],
  [{ kind: 'lms', order: 4 }, 0.711710496765, 0.091820162865, 0.775357316320, 0.413260],
  [{ kind: 'dpmpp-2m' }, 0.877213957677, 0.008133971212, 0.829148299139, 0.579387],
  [{ kind: 'dpmpp-2s-ancestral', eta: 0 }, 0.759726633523, 0.067540987064, 0.785739078588, 0.461457],
  [{ kind: 'dpmpp-sde', eta: 0, r: 1 }, 0.7272723881, 0.08395135206, 0.772840931886, 0.4288806907],
];

describe.each(exact.map(([sampler, ...rest]) => [named(sampler), sampler, ...rest] as const))('%s on Gaussian data', (...[, sampler, from80, fromMinus40, in18, std]) => {
  it('has the exact results', () => {
    expect(run(sampler, gaussian, 80, edmLevels(10))).toBeCloseTo(from80, 9);
    expect(run(sampler, gaussian, -40, edmLevels(10))).toBeCloseTo(fromMinus40, 9);
    expect(run(sampler, gaussian, 80, edmLevels(18))).toBeCloseTo(in18, 9);
    expect(endOnGaussian(tableauOf(sampler, { b }), distribution, edmLevels(10)).std).toBeCloseTo(std, 6);
  });

  it('has them in float32 images', async () => {
    const y = tf.fill<tf.Rank.R4>([1, ...shape], 80);
    const x0 = await samplerOf(sampler, { b })(pointwise(gaussian), y, { sigmas: edmLevels(10), noise: noiseSource([1], shape) });
    for (const value of x0.dataSync()) expect(value).toBeCloseTo(from80, 4);
    expect(y.dataSync()[0]).toBe(80);
    tf.dispose([y, x0]);
  });
});

it('lms of order 4 overshoots two images a little', () => {
  const ends = [80, 8, -20].map((y) => run({ kind: 'lms', order: 4 }, twoDiracsDenoiser(), y, edmLevels(20)));
  [0.999988, 1.000174, -1.000083].forEach((end, i) => expect(ends[i]).toBeCloseTo(end, 6));
});

describe('standard deviations known in closed form', () => {
  it.each([
    [{ kind: 'euler' }, 100, 0.4858381878],
    [{ kind: 'euler-ancestral', eta: 0.5 }, 10, 0.355346437],
    [{ kind: 'euler-ancestral', eta: 1 }, 10, 0.3018828846],
    [{ kind: 'euler-ancestral', eta: 0.5 }, 100, 0.4823817887],
    [{ kind: 'euler-ancestral', eta: 1 }, 100, 0.4709475378],
    [{ kind: 'ddim', eta: 1 }, 100, 0.4709475378],
    [{ kind: 'ddpm', variance: 'small' }, 100, 0.4709475378],
  ] as [SamplerShape, number, number][])('%p in %p steps', (sampler, steps, std) => {
    expect(endOnGaussian(tableauOf(sampler, { b }), distribution, edmLevels(steps)).std).toBeCloseTo(std, 9);
  });
});

const churn = { sChurn: 4, sTmin: 0.05, sTmax: 50, sNoise: 1.003 };
const idle = { sChurn: 0, sTmin: 0.05, sTmax: 50, sNoise: 1.003 };

describe('two names for one sampler', () => {
  it.each([
    [{ kind: 'ddim', eta: 0 }, { kind: 'euler' }],
    [{ kind: 'ddim', eta: 0.3 }, { kind: 'euler-ancestral', eta: 0.3 }],
    [{ kind: 'ddim', eta: 0.3 }, { kind: 'ddim', eta: 0.3, noiseFrom: 'network' }],
    [{ kind: 'ddim', eta: 1 }, { kind: 'ddpm', variance: 'small' }],
    [{ kind: 'second-order', alpha: 1 }, { kind: 'heun' }],
    [{ kind: 'second-order', alpha: 1, ...churn }, { kind: 'heun', ...churn }],
    [{ kind: 'lms', order: 1 }, { kind: 'euler' }],
    [{ kind: 'dpm-2-ancestral', eta: 0 }, { kind: 'dpm-2' }],
    [{ kind: 'dpmpp-sde', eta: 0, r: 0.5 }, { kind: 'dpmpp-2s-ancestral', eta: 0 }],
    [{ kind: 'dpmpp-2m-sde', eta: 0, solver: 'midpoint' }, { kind: 'dpmpp-2m' }],
    ...(['euler', 'heun', 'dpm-2'] as const).map((kind) => [{ kind, ...idle }, { kind }]),
  ] as [SamplerShape, SamplerShape][])('%p is %p', (one, other) => {
    for (const sigmas of [edmLevels(2), edmLevels(17)]) {
      const [a, c] = [one, other].map((sampler) => {
        let seed = 0;
        const noise = () => Math.cos(seed++ * 78.233);
        return runOnNumber(tableauOf(sampler, { b }), { denoiser: mixture, y: 33, noise }, sigmas);
      });
      expect(a).toBeCloseTo(c!, 11);
    }
  });

  it.each([
    [{ kind: 'second-order', alpha: 0.5 }, { kind: 'dpm-2' }],
    [{ kind: 'dpm-2' }, { kind: 'dpmpp-2s-ancestral', eta: 0 }],
    [{ kind: 'dpmpp-2m-sde', eta: 1, solver: 'heun' }, { kind: 'dpmpp-2m-sde', eta: 1, solver: 'midpoint' }],
  ] as [SamplerShape, SamplerShape][])('%p is not %p', (one, other) => {
    expect(Math.abs(run(one, mixture, 33, edmLevels(17)) - run(other, mixture, 33, edmLevels(17)))).toBeGreaterThan(1e-4);
  });
});
