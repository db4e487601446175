import { discreteLevels } from './discretisations/iddpm.js';
import { sigmaOf } from './levels.js';
import { randomStream } from './noise.js';
import { noiseLevels } from './noise-distributions.js';
import type { NoiseDistributionShape } from './noise-distributions.js';
import { normalCdf } from './normal-distribution.js';
import { midpoints } from './schedules/every-schedule.fixture.js';
import { scheduleOf } from './schedules.js';

const schedule = scheduleOf({ kind: 'cosine', start: 0.2, end: 1, tau: 1, clipMin: 1e-9 });
const distributions: [NoiseDistributionShape['kind'], NoiseDistributionShape][] = [
  ['schedule', { kind: 'schedule' }],
  ['log-normal', { kind: 'log-normal', mean: -1.2, std: 1.2 }],
  ['log-uniform', { kind: 'log-uniform', sigmaMin: 0.02, sigmaMax: 100 }],
  ['cauchy', { kind: 'cauchy', location: -0.3, scale: 0.5, sigmaMin: 0.002, sigmaMax: 500 }],
  ['vp', { kind: 'vp', betaD: 19.9, betaMin: 0.1, epsilon: 1e-5 }],
];

describe.each(distributions)('noise levels by %s', (...[, shape]) => {
  const b = 0.4;
  const levels = noiseLevels(shape, { schedule, b });
  const random = randomStream([7, 1]);
  const draws = Array.from({ length: 20_000 }, () => levels.draw(random.uniform, random.normal));

  it('are drawn according to their quantiles', () => {
    for (const u of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      const below = draws.filter((sigma) => sigma < levels.quantile(u)).length / draws.length;
      // four standard deviations of a fraction of 20,000 draws
      expect(Math.abs(below - u)).toBeLessThan(4 * Math.sqrt((u * (1 - u)) / draws.length));
    }
    expect(Math.min(...draws)).toBeGreaterThan(0);
  });

  it('have the density that their quantiles imply', () => {
    const h = 1e-5;
    for (const u of midpoints(50)) {
      const width = Math.log(levels.quantile(u + h) / levels.quantile(u - h));
      expect(levels.density(Math.log(levels.quantile(u))) * width / (2 * h)).toBeCloseTo(1, 5);
    }
  });

  it('have at least 99.9 % of their draws in their range', () => {
    const { sigmaMin, sigmaMax } = levels.range;
    const outside = draws.filter((sigma) => sigma < sigmaMin * (1 - 1e-12) || sigma > sigmaMax * (1 + 1e-12)).length;
    // 20 are expected of an unbounded distribution; 4 standard deviations above that is 38
    expect(outside).toBeLessThan(shape.kind === 'log-normal' ? 38 : 1);
  });
});

it('on a schedule t is uniform from .001 to .999, and b scales the levels', () => {
  for (const b of [0.4, 1]) {
    const levels = noiseLevels({ kind: 'schedule' }, { schedule, b });
    for (const u of [0, 0.123, 0.5, 0.999]) {
      expect(levels.draw(() => u, () => NaN)).toBe(sigmaOf(schedule.gamma(0.001 + (0.999 - 0.001) * u), b));
    }
    expect(levels.range).toEqual({ sigmaMin: levels.quantile(0), sigmaMax: levels.quantile(1) });
    expect(levels.density(Math.log(levels.range.sigmaMax) + 1e-6)).toBe(0);
  }
});

it('a schedule whose gamma rounds to 1 still gives noise', () => {
  const steep = scheduleOf({ kind: 'sigmoid', start: -3, end: 3, tau: 0.05, clipMin: 1e-9 });
  expect(steep.gamma(0.001)).toBe(1);
  expect(noiseLevels({ kind: 'schedule' }, { schedule: steep, b: 1 }).draw(() => 0, () => NaN)).toBeCloseTo(2 ** -26.5, 12);
});

it('EDM trains on sigma > 1 in 15.87 % of its draws', () => {
  const levels = noiseLevels({ kind: 'log-normal', mean: -1.2, std: 1.2 }, { schedule, b: 1 });
  expect(1 - normalCdf(1.2 / 1.2)).toBeCloseTo(0.1586553, 7);
  expect(levels.quantile(1 - 0.15865525393145707)).toBeCloseTo(1, 13);
  expect(levels.quantile(0.5)).toBeCloseTo(0.3011942, 7);
  const random = randomStream([11, 2]);
  const draws = Array.from({ length: 100_000 }, () => levels.draw(random.uniform, random.normal));
  // four standard deviations: 4 sqrt(.1587 * .8413/1e5) = .0046
  expect(Math.abs(draws.filter((sigma) => sigma > 1).length / draws.length - 0.1586553)).toBeLessThan(0.0046);
  // the mean is exp(-1.2 + .72), its standard deviation .6188 sqrt(e^1.44 - 1)/sqrt(1e5) = .0035
  expect(Math.abs(draws.reduce((sum, sigma) => sum + sigma) / draws.length - 0.6187834)).toBeLessThan(0.014);
});

it('a Cauchy distribution of ln sigma has its median and quartiles where its ends are far, and whole tails up to its ends', () => {
  const levels = noiseLevels({ kind: 'cauchy', location: 0.4, scale: 0.7, sigmaMin: 1e-20, sigmaMax: 1e21 }, { schedule, b: 0.5 });
  const tails = 0.7 / (Math.PI * 20 * Math.LN10);
  for (const [u, quartile] of [[0.25, -0.7], [0.5, 0], [0.75, 0.7]] as const) expect(Math.abs(Math.log(levels.quantile(u)) - 0.4 - quartile)).toBeLessThan(4 * tails * Math.PI * 0.7);
  const cut = noiseLevels({ kind: 'cauchy', location: 0, scale: 0.5, sigmaMin: 0.1, sigmaMax: 10 }, { schedule, b: 0.5 });
  // what is left of the distribution: 2 atan(ln 10/scale)/pi of it
  expect(cut.density(0)).toBeCloseTo(1 / (Math.PI * 0.5) / ((2 * Math.atan(Math.LN10 / 0.5)) / Math.PI), 12);
  expect([cut.quantile(1e-17), cut.quantile(1 - 2 ** -53)].map((sigma) => Math.round(1e9 * sigma) / 1e9)).toEqual([0.1, 10]);
});

it('a log-uniform distribution has a constant density from end to end', () => {
  const levels = noiseLevels({ kind: 'log-uniform', sigmaMin: 0.02, sigmaMax: 100 }, { schedule, b: 0.5 });
  expect(levels.range).toEqual({ sigmaMin: 0.02, sigmaMax: 100 });
  expect(levels.quantile(0.5)).toBeCloseTo(Math.sqrt(0.02 * 100), 12);
  expect(levels.density(0)).toBeCloseTo(1 / Math.log(5000), 14);
  expect([Math.log(0.019), Math.log(101)].map(levels.density)).toEqual([0, 0]);
});

it('logit-normal on a schedule and log-normal on sigma are the same distribution', () => {
  const flow = scheduleOf({ kind: 'logit-normal', mean: -1.2, std: 1.2, clipMin: 1e-12 });
  const [bySchedule, bySigma] = [noiseLevels({ kind: 'schedule' }, { schedule: flow, b: 1 }), noiseLevels({ kind: 'log-normal', mean: -1.2, std: 1.2 }, { schedule: flow, b: 1 })];
  for (const lnSigma of [-4, -1.2, 0, 2]) expect(bySchedule.density(lnSigma) * 0.998).toBeCloseTo(bySigma.density(lnSigma), 9);
});

it('vp is uniform t on the schedule vp, whatever the schedule of the training run', () => {
  const process = { betaD: 19.9, betaMin: 0.1 };
  const onVp = noiseLevels({ kind: 'schedule' }, { schedule: scheduleOf({ kind: 'vp', ...process, clipMin: 1e-9 }), b: 1 });
  const levels = noiseLevels({ kind: 'vp', ...process, epsilon: 1e-5 }, { schedule, b: 0.3 });
  for (const lnSigma of [-3, -1, 0, 2, 4]) expect(levels.density(lnSigma) * (1 - 1e-5)).toBeCloseTo(onVp.density(lnSigma) * 0.998, 10);
  expect(levels.range.sigmaMax).toBeCloseTo(Math.sqrt(Math.exp(10.05) - 1), 9);
  expect(levels.range.sigmaMin).toBeCloseTo(Math.sqrt(Math.expm1(9.95 * 1e-10 + 1e-6)), 12);
});

describe('noise levels by iddpm', () => {
  const shape = { kind: 'iddpm', levels: 1000, c1: 0.001, c2: 0.008 } as const;
  const levels = noiseLevels(shape, { schedule, b: 0.3 });
  const known = discreteLevels(shape).slice(0, -1);

  it('are the discrete levels above 0, each with probability 1/1000', () => {
    const drawn = Array.from({ length: 1000 }, (_, i) => levels.draw(() => (i + 0.5) / 1000, () => NaN));
    expect(drawn).toEqual([...known].reverse());
    expect(levels.range).toEqual({ sigmaMin: known.at(-1), sigmaMax: known[0] });
  });

  it('have a density over ln sigma with a thousandth around each level', () => {
    const lns = known.map(Math.log).reverse();
    for (const i of [1, 100, 500, 998]) {
      const width = (lns[i + 1]! - lns[i - 1]!) / 2;
      expect(levels.density(lns[i]!) * width).toBeCloseTo(1e-3, 12);
    }
    const widths = lns.map((ln, i) => ((lns[i + 1] ?? ln) - (lns[i - 1] ?? ln)) / 2);
    expect(lns.reduce((sum, ln, i) => sum + levels.density(ln + (i === lns.length - 1 ? -1e-9 : 1e-9)) * widths[i]!, 0)).toBeCloseTo(1, 10);
    expect([lns[0]! - 1e-6, lns.at(-1)! + 1e-6].map(levels.density)).toEqual([0, 0]);
  });
});
