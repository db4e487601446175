import { sigmaOfLogSnr } from '../levels.js';
import { normalDensity } from '../normal-distribution.js';
import { density } from './density.js';
import { clipMin, everySchedule } from './every-schedule.fixture.js';
import { scheduleOf } from '../schedules.js';
import type { ScheduleShape } from '../schedules.js';

const closedForms: [string, ScheduleShape, (lnScaledSigma: number) => number][] = [
  ['cosine is sech(ln(b sigma))/pi', { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin }, (x) => 1 / Math.cosh(x) / Math.PI],
  ['linear is the logistic density of 2 ln(b sigma)', { kind: 'linear', clipMin }, (x) => 1 / (2 * Math.cosh(x) ** 2)],
  ['shifted-cosine is sech(ln(shift b sigma))/pi', { kind: 'shifted-cosine', shift: 0.5, clipMin }, (x) => 1 / Math.cosh(x + Math.log(0.5)) / Math.PI],
  ['laplace is that of -2 ln(b sigma)', { kind: 'laplace', mean: -1, scale: 0.8, clipMin }, (x) => Math.exp(-Math.abs(-2 * x + 1) / 0.8) / 0.8],
  ['flow is that of a flow time', { kind: 'flow', shift: 3, clipMin }, (x) => 1 / (4 * Math.cosh((x - Math.log(3)) / 2) ** 2)],
  ['mode-weighted(0) is flow', { kind: 'mode-weighted', scale: 0, clipMin }, (x) => 1 / (4 * Math.cosh(x / 2) ** 2)],
  ['logit-normal is the normal one', { kind: 'logit-normal', mean: -1.2, std: 1.2, clipMin }, (x) => normalDensity((x + 1.2) / 1.2) / 1.2],
];

it.each(closedForms)('the density of %s', (...[, shape, expected]) => {
  const schedule = scheduleOf(shape);
  for (const b of [0.1, 1, 1.507]) {
    for (const lnSigma of [-4, -1.3, 0, 0.4, 2.5]) {
      const exact = expected(lnSigma + Math.log(b));
      // 1e-16/(b sigma)^2 of the level, steepened by the density's own slope in ln sigma
      const relative = 1e-12 + (40 * 1e-16) / (b * Math.exp(lnSigma)) ** 2;
      expect(Math.abs(density(schedule, lnSigma, b) / exact - 1)).toBeLessThan(relative);
    }
  }
});

/** Simpson's rule on `parts` (even) equal parts. */
function integral(f: (x: number) => number, [from, to]: readonly [number, number], parts: number): number {
  const h = (to - from) / parts;
  const inner = Array.from({ length: parts - 1 }, (_unused, i) => (i % 2 === 0 ? 4 : 2) * f(from + (i + 1) * h));
  return ((f(from) + f(to) + inner.reduce((sum, value) => sum + value, 0)) * h) / 3;
}

describe.each(everySchedule)('%s', (...[, shape]) => {
  const schedule = scheduleOf(shape);
  const b = 0.7;
  const lnSigmaAt = (t: number) => Math.log(sigmaOfLogSnr(schedule.logSnr(t)) / b);
  const clippedFrom = shape.clipMin < schedule.gamma(1) ? 1 : schedule.t(shape.clipMin * (1 + 1e-9));

  it('has a density that, between two levels, integrates to the t between them', () => {
    for (const [from, to] of [[0.01, 0.2], [0.2, 0.5], [0.5, 0.8], [0.8, 0.99 * clippedFrom]] as const) {
      // the kink of laplace costs Simpson's rule less than 1e-5, the jumps between the levels of a 7-step DDPM less than 3e-4
      const tolerance = shape.kind === 'beta-linear' || shape.kind === 'zero-terminal-snr' ? 3e-4 : 1e-5;
      expect(Math.abs(integral((x) => density(schedule, x, b), [lnSigmaAt(from), lnSigmaAt(to)], 1000) - (to - from))).toBeLessThan(tolerance);
    }
  });

  it('has a density that integrates to 1, less what is clipped', () => {
    const whole = integral((x) => density(schedule, x, b), [lnSigmaAt(1e-5), lnSigmaAt(clippedFrom)], 4000) + 1e-5;
    expect(Math.abs(whole - clippedFrom)).toBeLessThan(5e-4);
  });

  it('has no density beyond its ends', () => {
    expect(density(schedule, lnSigmaAt(1) + 1e-6, b)).toBe(0);
    expect(density(schedule, lnSigmaAt(0.99 * clippedFrom), b)).toBeGreaterThan(0);
    expect(density(schedule, -800, b)).toBe(0);
  });
});
