import { discretisationOf } from '../discretisations.js';
import type { DiscretisationShape } from '../discretisations.js';
import { probit } from '../normal-distribution.js';
import { mixtureDenoiser } from '../oracles.js';
import type { PointDenoiser } from '../oracles.js';
import { tableauOf } from '../samplers.js';
import type { SamplerShape } from '../samplers.js';
import { edmLevels, everySampler, named } from '../samplers.fixture.js';
import type { SamplingScaling, SamplingScheduleShape } from '../sampling-path.js';
import { endOnGaussian, runOnNumber } from '../scalar-run.fixture.js';
import { scheduleOf } from '../schedules.js';
import { evaluationCount } from '../tableau.js';
import type { Churn } from './churn.js';

const mixture = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);
const vp = { kind: 'vp', betaD: 19.9, betaMin: 0.1 } as const;
const ve = { kind: 've' } as const;
const linear = { kind: 'linear' } as const;
const levels = (shape: DiscretisationShape, steps: number) => discretisationOf(shape, steps, { schedule: scheduleOf({ kind: 'linear', clipMin: 1e-9 }), b: 1 });
const discretisations: Record<string, DiscretisationShape> = {
  vp: { ...vp, epsilon: 1e-3 }, ve: { kind: 've', sigmaMin: 0.02, sigmaMax: 100 }, edm: { kind: 'karras', rho: 7, sigmaMin: 0.002, sigmaMax: 80 },
};

const paths: [SamplingScheduleShape, SamplingScaling][] = [[linear, 'vp'], [vp, 'none'], [vp, 'vp'], [ve, 'none'], [ve, 'vp']];
type Solver = Churn & ({ kind: 'euler' | 'heun' } | { kind: 'second-order'; alpha: number });
const solvers: Solver[] = [{ kind: 'euler' }, { kind: 'heun' }, { kind: 'second-order', alpha: 0.5 }, { kind: 'second-order', alpha: 0.8 }];
const churn = { sChurn: 8, sTmin: 0.05, sTmax: 50, sNoise: 1.003 };

/** sigma, sigma', its inverse, s and s' as functions of t, each derivative written out. */
function functionsOf(schedule: SamplingScheduleShape, scaling: SamplingScaling) {
  const exponent = (t: number) => 0.5 * vp.betaD * t ** 2 + vp.betaMin * t;
  const sigma = { linear: (t: number) => t, ve: Math.sqrt, vp: (t: number) => Math.sqrt(Math.expm1(exponent(t))) }[schedule.kind];
  const slope = { linear: () => 1, ve: (t: number) => 0.5 / Math.sqrt(t), vp: (t: number) => (0.5 * (vp.betaMin + vp.betaD * t) * (sigma(t) + 1 / sigma(t))) }[schedule.kind];
  const inverse = { linear: (x: number) => x, ve: (x: number) => x ** 2, vp: (x: number) => (Math.sqrt(vp.betaMin ** 2 + 2 * vp.betaD * Math.log1p(x ** 2)) - vp.betaMin) / vp.betaD }[schedule.kind];
  const s = scaling === 'vp' ? (t: number) => 1 / Math.sqrt(1 + sigma(t) ** 2) : () => 1;
  const sSlope = scaling === 'vp' ? (t: number) => (t === 0 ? 0 : -sigma(t) * slope(t) * s(t) ** 3) : () => 0;
  return { sigma, slope, inverse, s, sSlope };
}

interface Run {
  sigmas: readonly number[];
  y: number;
  denoiser: PointDenoiser;
  noises: readonly number[];
}

/** EDM's solvers as in its code: the state x = s (x0 + sigma eps), integrated in t. */
function inTime(sampler: Solver, [schedule, scaling]: [SamplingScheduleShape, SamplingScaling], { sigmas, y, denoiser, noises }: Run): number {
  const { sigma, slope, inverse, s, sSlope } = functionsOf(schedule, scaling);
  const { sChurn = 0, sTmin = 0, sTmax = Infinity, sNoise = 1 } = sampler;
  const alpha = sampler.kind === 'second-order' ? sampler.alpha : 1;
  const ts = sigmas.map((level) => (level === 0 ? 0 : inverse(level)));
  const dxdt = (x: number, t: number) => (slope(t) / sigma(t) + sSlope(t) / s(t)) * x - (slope(t) * s(t)) / sigma(t) * denoiser(x / s(t), sigma(t));
  let x = y * s(ts[0]!);
  let drawn = 0;
  ts.slice(1).forEach((next, i) => {
    const t = ts[i]!;
    const inside = sChurn > 0 && sigmas[i]! >= sTmin && sigmas[i]! <= sTmax;
    const hat = inside ? inverse(sigmas[i]! * (1 + Math.min(sChurn / (ts.length - 1), Math.SQRT2 - 1))) : t;
    if (inside) x = (s(hat) / s(t)) * x + Math.sqrt(sigma(hat) ** 2 - sigmas[i]! ** 2) * s(hat) * sNoise * noises[drawn++]!;
    const h = next - hat;
    const first = dxdt(x, hat);
    if (sampler.kind === 'euler' || i === ts.length - 2) {
      x += h * first;
      return;
    }
    const second = dxdt(x + alpha * h * first, hat + alpha * h);
    x += h * ((1 - 1 / (2 * alpha)) * first + second / (2 * alpha));
  });
  return x;
}

const noises = Array.from({ length: 40 }, (_, i) => 2 * Math.sin(i * 78.233));
const cases = paths.flatMap((path) => [...solvers, ...solvers.map((solver) => ({ ...solver, ...churn }))].map((solver) => [`${named(solver)}, sigma(t) ${path[0].kind}, s(t) ${path[1]}`, solver as Solver, path] as const));

describe.each(cases)('%s', (_, solver, path) => {
  it.each(Object.keys(discretisations))('integrates x over t, at the levels of %s', (kind) => {
    for (const steps of [2, 18]) {
      const sigmas = levels(discretisations[kind]!, steps);
      for (const y of [33, -7]) {
        let drawn = 0;
        const tableau = tableauOf(solver, { b: 1, schedule: path[0], scaling: path[1] });
        const found = runOnNumber(tableau, { denoiser: mixture, y, noise: () => noises[drawn++]! }, sigmas);
        const expected = inTime(solver, path, { sigmas, y, denoiser: mixture, noises });
        // two steps of Heun along ve overshoot to a million, so the tolerance is relative
        expect(Math.abs(found - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(y)) + 3e-10 * Math.abs(expected));
      }
    }
  });
});

const along = (sampler: SamplerShape, [schedule, scaling]: [SamplingScheduleShape, SamplingScaling]) => tableauOf(sampler, { b: 1, schedule, scaling });

describe('a solver along a path', () => {
  it('calls the denoiser as often as in sigma', () => {
    for (const solver of solvers) {
      for (const path of paths) expect(evaluationCount(along(solver, path)(edmLevels(9)))).toBe(evaluationCount(tableauOf(solver, { b: 1 })(edmLevels(9))));
    }
  });

  it.each(paths.flatMap((path) => solvers.map((solver) => [named(solver), path[0].kind, path[1], solver, path] as const)))('%s along %s with scaling %s converges with its order to the same flow', (...[, , , solver, path]) => {
    // even steps in each time variable, from 12 to 0.05, where the mixture is not yet resolved into points
    const { sigma, inverse } = functionsOf(...path);
    const [from, to] = [inverse(12), inverse(0.05)];
    // sqrt(t) steepens without bound towards 0: uniform in ln t there
    const time = (i: number, n: number) => (path[0].kind === 've' ? from * (to / from) ** (i / n) : from + ((to - from) * i) / n);
    const end = (n: number) => runOnNumber(along(solver, path), { denoiser: mixture, y: 3.1 }, Array.from({ length: n + 1 }, (_, i) => sigma(time(i, n))));
    const [coarse, middle, fine] = [end(400), end(800), end(1600)] as [number, number, number];
    const declared = solver.kind === 'euler' ? 1 : 2;
    expect(Math.abs(Math.log2(Math.abs(middle - coarse) / Math.abs(fine - middle)) - declared)).toBeLessThan(0.12);
    const inSigma = runOnNumber(tableauOf({ kind: 'heun' }, { b: 1 }), { denoiser: mixture, y: 3.1 }, Array.from({ length: 3201 }, (_, i) => 12 * (0.05 / 12) ** (i / 3200)));
    expect(Math.abs(fine - inSigma)).toBeLessThan(declared === 1 ? 0.02 : 1e-4);
  });

  it('is refused for a sampler that integrates in sigma alone, and the error names both', () => {
    const refused = everySampler.filter(({ kind }) => !['euler', 'heun', 'second-order'].includes(kind));
    for (const sampler of refused) {
      for (const path of paths) expect(() => along(sampler, path)).toThrow(new RangeError(`${sampler.kind} integrates in sigma alone: it takes no sampling schedule ${path[0].kind} and no scaling ${path[1]}; euler, heun and second-order do`));
    }
  });

  it('leaves half the noise of the last level along ve: its slope there is that of sqrt(t), taken to t = 0', () => {
    expect(endOnGaussian(along({ kind: 'euler' }, [ve, 'none']), { mean: 0.7, std: 0 }, [3, 0]).std).toBeCloseTo(1.5, 12);
  });

  it('of Euler in 18 steps is far from Euler in sigma, along ve above all', () => {
    const zs = Array.from({ length: 400 }, (_, i) => probit((i + 0.5) / 400));
    const rms = (path: [SamplingScheduleShape, SamplingScaling], sigmas: number[]) => {
      const run = (tableau: ReturnType<typeof tableauOf>, z: number) => runOnNumber(tableau, { denoiser: mixture, y: z * sigmas[0]! }, sigmas);
      return Math.sqrt(zs.reduce((sum, z) => sum + (run(along({ kind: 'euler' }, path), z) - run(tableauOf({ kind: 'euler' }, { b: 1 }), z)) ** 2, 0) / zs.length);
    };
    // EDM's own code, on another mixture of that scale: 0.10 and 0.87
    expect(Math.abs(rms([vp, 'vp'], levels(discretisations['vp']!, 18)) - 0.1)).toBeLessThan(0.02);
    expect(Math.abs(rms([ve, 'none'], levels(discretisations['ve']!, 18)) - 0.9)).toBeLessThan(0.1);
  });
});
