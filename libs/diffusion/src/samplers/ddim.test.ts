import { uniformTLevels } from '../discretisations/uniform-t.js';
import { gammaOf, sigmaOf } from '../levels.js';
import { drawsOf } from '../tableau.js';
import { gaussianDenoiser } from '../oracles.js';
import { parameterisations } from '../parameterisations.fixture.js';
import { endOf } from '../samplers.fixture.js';
import { scheduleOf } from '../schedules.js';
import type { ScheduleShape } from '../schedules.js';
import { runOnNumber } from '../scalar-run.fixture.js';
import { ddim } from './ddim.js';
import { ddpm } from './ddpm.js';
import { euler } from './euler.js';

const denoiser = gaussianDenoiser({ mean: 0.3, std: 0.5 });
const clipMin = 1e-9;
const perSchedule: [string, ScheduleShape, number[]][] = [
  ['linear', { kind: 'linear', clipMin }, [0.849672358022, 0.762913879358, 0.440829905858]],
  ['cosine', { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin }, [0.892609082369, 0.866245914903, 0.634683597170]],
  ['sigmoid(0, 3, .5)', { kind: 'sigmoid', start: 0, end: 3, tau: 0.5, clipMin }, [0.772151268793, 0.624316889977, 0.376834904706]],
  ['cosine(.2, 1, 2)', { kind: 'cosine', start: 0.2, end: 1, tau: 2, clipMin }, [0.825617619423, 0.696813767249, 0.403985750677]],
];

describe.each(perSchedule)('DDIM on schedule %s', (_, shape, expected) => {
  const schedule = scheduleOf(shape);

  /** Song et al. 2021, eq. 12, as written: in gamma, with the exact eps. */
  function ddimInGamma(b: number, x: number): number {
    return Array.from({ length: 19 }, (_unused, i) => (19 - i) / 20).reduce((xt, t) => {
      const [gamma, next] = [schedule.gamma(t), schedule.gamma(t - 0.05 < 1e-9 ? 0 : t - 0.05)];
      const z = b * denoiser(xt / (Math.sqrt(gamma) * b), sigmaOf(gamma, b));
      const toEps = parameterisations.x0.toEps(gamma);
      return Math.sqrt(next) * z + Math.sqrt(1 - next) * (toEps.xt * xt + toEps.output * z);
    }, x) / b;
  }

  it.each([1, 0.5, 0.1].map((b, i) => [b, expected[i]!]))('is Euler in sigma at input scale %p', (b, value) => {
    const sigmas = uniformTLevels(19, schedule, { b, start: 0.95 });
    const y = 1.3 / (Math.sqrt(schedule.gamma(0.95)) * b);
    expect(runOnNumber(ddim({ eta: 0, b }), { denoiser, y }, sigmas)).toBeCloseTo(value, 9);
    expect(runOnNumber(euler(), { denoiser, y }, sigmas)).toBeCloseTo(ddimInGamma(b, 1.3), 12);
  });
});

describe('the lesson\'s DDIM', () => {
  const cosine = scheduleOf({ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin });

  it.each([[100, 8], [50, 5]])('of %p steps is quiet for its last %p levels above 0', (n, quiet) => {
    const sigmas = uniformTLevels(n - 1, cosine, { b: 1, start: 1 - 1 / n });
    const draws = ddim({ eta: 1, quietBelow: 0.01, b: 1 })(sigmas).map(drawsOf);
    expect(draws).toEqual([...Array(n - 1 - quiet).fill(1), ...Array(quiet).fill(0)]);
  });

  it.each([1, 0.5])('has its step in gamma, x0 clamped and the network\'s eps, at input scale %p', (b) => {
    const [gamma, next, eta, eps, clamped, fresh] = [0.3, 0.5, 0.8, 1.4, 0.25, -0.6];
    const sig = eta * Math.sqrt((1 - next) / (1 - gamma)) * Math.sqrt(1 - gamma / next);
    const xt = Math.sqrt(next) * b * clamped + Math.sqrt(1 - next - sig ** 2) * eps + sig * fresh;
    const end = endOf(ddim({ eta, noiseFrom: 'network', b }), [gamma, next].map((level) => sigmaOf(level, b)));
    expect(end.y).toBe(0);
    expect(Math.sqrt(next) * b * (end.x0[0]! * clamped + end.eps * eps + end.noise[0]! * fresh)).toBeCloseTo(xt, 12);
  });

  it.each([0.5, 1])('is never quiet by default, even when it starts far above, at input scale %p', (b) => {
    expect(ddim({ eta: 1, b })([1e9, 1, 0]).map(drawsOf)).toEqual([1, 0]);
  });
});

describe('DDPM', () => {
  const [b, sigma, next] = [0.6, 2.1, 0.8];
  const [gamma, after] = [gammaOf(sigma, b), gammaOf(next, b)];
  const beta = 1 - gamma / after;

  it.each([
    ['small', ((1 - after) / (1 - gamma)) * beta],
    ['large', beta],
  ] as const)('has Ho et al.\'s mean and %s variance', (variance, expected) => {
    const end = endOf(ddpm({ variance, b }), [sigma, next]);
    const [a, aNext] = [Math.sqrt(gamma), Math.sqrt(after)];
    // their eq. 7, on z = b x0 and x_t = a b y
    expect(end.x0[0]! * aNext).toBeCloseTo((aNext * beta) / (1 - gamma), 12);
    expect(end.y * aNext).toBeCloseTo((Math.sqrt(1 - beta) * (1 - after) * a) / (1 - gamma), 12);
    expect((end.noise[0]! * aNext * b) ** 2).toBeCloseTo(expected, 12);
  });

  it.each(['small', 'large'] as const)('with the %s variance adds no noise on the step to 0', (variance) => {
    expect(ddpm({ variance, b })([sigma, 0])[0]!.end).toEqual({ y: 0, x0: [1] });
  });
});
