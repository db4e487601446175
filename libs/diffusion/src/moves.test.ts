import { karrasGrid, uniformTGrid } from './grids.js';
import { ancestralSplit, ddimMove, ddpmMove, eulerMove, heunMove } from './moves.js';
import type { MoveRule } from './moves.js';
import { gammaOf, sigmaOf } from './levels.js';
import { gaussianDenoiser, gaussianFlow, mixtureDenoiser, twoDiracsDenoiser } from './oracles.js';
import { parameterisations } from './parameterisations.js';
import { walkNumber } from './scalar-walk.fixture.js';
import { scheduleOf } from './schedules.js';
import type { ScheduleShape } from './schedules.js';

const law = { mean: 0.3, std: 0.5 };
const gaussian = gaussianDenoiser(law);
const edm = { rho: 7, sigmaMin: 0.002, sigmaMax: 80 };
const mixture = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);

/** kind, rule without noise, result of 10 steps from 80 and from -40, of 18 from 80; order; error of the printed order. */
const family: [string, MoveRule, { from80: number; fromMinus40: number; in18: number; order: number }][] = [
  ['euler', eulerMove, { from80: 0.663843516069, fromMinus40: 0.116023918475, in18: 0.721445068521, order: 1 }],
  ['ddim at eta 0', (sigma, next) => ddimMove(sigma, next, 0), { from80: 0.663843516069, fromMinus40: 0.116023918475, in18: 0.721445068521, order: 1 }],
  ['heun', heunMove, { from80: 0.907511258296, fromMinus40: -0.007185742902, in18: 0.825646044612, order: 2 }],
];

describe.each(family)('%s on a known law', (_, rule, expected) => {
  it('has the exact results for Gaussian data', () => {
    expect(walkNumber(rule, gaussian, 80, karrasGrid(10, edm))).toBeCloseTo(expected.from80, 9);
    expect(walkNumber(rule, gaussian, -40, karrasGrid(10, edm))).toBeCloseTo(expected.fromMinus40, 9);
    expect(walkNumber(rule, gaussian, 80, karrasGrid(18, edm))).toBeCloseTo(expected.in18, 9);
  });

  it('comes to the exact flow as steps grow', () => {
    expect(gaussianFlow(law)(80, 80, 0)).toBeCloseTo(0.798115271281, 9);
    // Euler's error falls like 1.5/steps here
    expect(Math.abs(walkNumber(rule, gaussian, 80, karrasGrid(20_000, edm)) - 0.798115271281)).toBeLessThan(1e-4);
  });

  it.each([['Gaussian', gaussian], ['mixture', mixture]] as const)('converges with its order on %s data', (_name, denoiser) => {
    // down to sigmaMin: the last move, to 0, is Euler's in each method
    const ends = [80, 160, 320, 640].map((levels) => walkNumber(rule, denoiser, 30, karrasGrid(levels, edm).slice(0, -1)));
    const gaps = ends.slice(1).map((end, i) => Math.abs(end - ends[i]!));
    const order = Math.log2(gaps[1]! / gaps[2]!);
    expect(Math.abs(order - expected.order)).toBeLessThan(0.1);
  });

  it('gives back a single image exactly', () => {
    for (const steps of [1, 2, 9]) expect(walkNumber(rule, () => 0.7, 80, karrasGrid(steps, edm))).toBeCloseTo(0.7, 14);
  });

  it('ends on one of two images, on the side where it began', () => {
    const denoiser = twoDiracsDenoiser();
    expect(denoiser(1, 1)).toBeCloseTo(0.761594155956, 12);
    for (const start of [80, 8, -20]) {
      expect(walkNumber(rule, denoiser, start, karrasGrid(20, edm))).toBeCloseTo(Math.sign(start), 9);
    }
  });

  it('makes an average of what it has and what it is told', () => {
    const { y, x0, noise, correction } = rule(10, 5);
    expect(y + x0).toBeCloseTo(1, 14);
    expect(noise).toBe(0);
    if (correction) expect(correction.y + correction.x0 + correction.x0Next).toBeCloseTo(1, 14);
  });
});

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
      const z = b * gaussian(xt / (Math.sqrt(gamma) * b), sigmaOf(gamma, b));
      const toEps = parameterisations.x0.toEps(gamma);
      return Math.sqrt(next) * z + Math.sqrt(1 - next) * (toEps.xt * xt + toEps.output * z);
    }, x) / b;
  }

  it.each([1, 0.5, 0.1].map((b, i) => [b, expected[i]!]))('is Euler in sigma at input scale %p', (b, value) => {
    const sigmas = uniformTGrid(19, schedule, { b, start: 0.95 });
    const y = 1.3 / (Math.sqrt(schedule.gamma(0.95)) * b);
    const found = walkNumber(eulerMove, gaussian, y, sigmas);
    expect(found).toBeCloseTo(value, 9);
    expect(found).toBeCloseTo(ddimInGamma(b, 1.3), 12);
  });
});

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

  it('has the noise of DDIM in gamma, eq. 16', () => {
    const [b, sigma, next, eta] = [0.4, 3, 1.2, 0.7];
    const [gamma, after] = [gammaOf(sigma, b), gammaOf(next, b)];
    const inGamma = eta * Math.sqrt((1 - after) / (1 - gamma)) * Math.sqrt(1 - gamma / after);
    expect(ancestralSplit(sigma, next, eta).up).toBeCloseTo(inGamma / (Math.sqrt(after) * b), 12);
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
    const move = ddpmMove(sigma, next, { variance, b });
    const [a, aNext] = [Math.sqrt(gamma), Math.sqrt(after)];
    // their eq. 7, on z = b x0 and x_t = a b y
    expect(move.x0 * aNext).toBeCloseTo((aNext * beta) / (1 - gamma), 12);
    expect(move.y * aNext).toBeCloseTo((Math.sqrt(1 - beta) * (1 - after) * a) / (1 - gamma), 12);
    expect((move.noise * aNext * b) ** 2).toBeCloseTo(expected, 12);
  });

  it('with the small variance is DDIM at eta 1', () => {
    expect(ddpmMove(sigma, next, { variance: 'small', b })).toEqual(ddimMove(sigma, next, 1));
  });

  it.each(['small', 'large'] as const)('with the %s variance adds no noise on the move to 0', (variance) => {
    expect(ddpmMove(sigma, 0, { variance, b })).toEqual({ y: 0, x0: 1, noise: 0 });
  });
});

describe('the spread a walk leaves on Gaussian data of std 0.5, started at N(0, 80^2)', () => {
  /** Each move is linear in y and adds independent noise, so the variance has a recursion. */
  function finalStd(rule: MoveRule, steps: number): number {
    const sigmas = karrasGrid(steps, edm);
    const centred = gaussianDenoiser({ mean: 0, std: 0.5 });
    const variance = sigmas.slice(1).reduce((now, next, i) => {
      const growth = walkNumber(rule, centred, 1, [sigmas[i]!, next]);
      return growth ** 2 * now + rule(sigmas[i]!, next).noise ** 2;
    }, 80 ** 2);
    return Math.sqrt(variance);
  }

  it.each([
    ['euler, 10 steps', eulerMove, 10, 0.3652130651, 9],
    ['euler, 100 steps', eulerMove, 100, 0.4858381878, 9],
    ['heun, 10 steps', heunMove, 10, 0.609798, 6],
    ['eta .5, 10 steps', (s: number, n: number) => ddimMove(s, n, 0.5), 10, 0.355346437, 9],
    ['eta 1, 10 steps', (s: number, n: number) => ddimMove(s, n, 1), 10, 0.3018828846, 9],
    ['eta .5, 100 steps', (s: number, n: number) => ddimMove(s, n, 0.5), 100, 0.4823817887, 9],
    ['eta 1, 100 steps', (s: number, n: number) => ddimMove(s, n, 1), 100, 0.4709475378, 9],
  ] as [string, MoveRule, number, number, number][])('is known for %s', (...[, rule, steps, expected, digits]) => {
    expect(finalStd(rule, steps)).toBeCloseTo(expected, digits);
  });
});
