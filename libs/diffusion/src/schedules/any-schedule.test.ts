import fc from 'fast-check';
import { scheduleOf } from '../schedules.js';
import type { PlainScheduleShape, ScheduleShape } from '../schedules.js';
import { midpoints } from './every-schedule.fixture.js';

/** A positive number with a uniform exponent. */
const between = (from: number, to: number) => fc.double({ min: Math.log(from), max: Math.log(to), noNaN: true }).map(Math.exp);
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const clipMin = between(1e-12, 0.1);
/** On a shorter section a curve is almost flat and its two ends share their leading digits. */
const stretch = (min: number, max: number) => fc.tuple(real(min, max), real(min, max)).filter(([a, b]) => Math.abs(a - b) > 0.3 * (max - min)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

const plain: fc.Arbitrary<PlainScheduleShape> = fc.oneof(
  fc.record({ kind: fc.constant('linear' as const), clipMin }),
  fc.record({ kind: fc.constant('cosine-released' as const), clipMin }),
  fc.tuple(stretch(0, 1), between(0.1, 10), clipMin).map(([ends, tau, least]) => ({ kind: 'cosine' as const, ...ends, tau, clipMin: least })),
  fc.tuple(stretch(-20, 20), between(0.01, 20), clipMin).map(([ends, tau, least]) => ({ kind: 'sigmoid' as const, ...ends, tau, clipMin: least })),
  fc.tuple(stretch(0.01, 1000), clipMin).map(([ends, least]) => ({ kind: 'log' as const, ...ends, clipMin: least })),
  fc.tuple(real(0, 1), between(1e-5, 1), fc.integer({ min: 2, max: 300 }), clipMin).map(([share, betaMax, steps, least]) => ({ kind: 'beta-linear' as const, betaMin: betaMax * Math.max(share, 1e-4), betaMax, steps, clipMin: least })),
  fc.record({ kind: fc.constant('vp' as const), betaD: between(1e-3, 1e3), betaMin: between(1e-4, 10), clipMin }),
  fc.record({ kind: fc.constant('shifted-cosine' as const), shift: between(1e-3, 1e3), clipMin }),
  fc.record({ kind: fc.constant('laplace' as const), mean: real(-40, 40), scale: between(0.01, 10), clipMin }),
  fc.record({ kind: fc.constant('logit-normal' as const), mean: real(-20, 20), std: between(0.01, 10), clipMin }),
  fc.record({ kind: fc.constant('flow' as const), shift: between(1e-3, 1e3), clipMin }),
  fc.record({ kind: fc.constant('mode-weighted' as const), scale: real(-1, 1.75), clipMin }),
);
const any: fc.Arbitrary<ScheduleShape> = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('zero-terminal-snr' as const), of: plain, clipMin }) },
);

const times = [0, 1e-9, 0.001, ...midpoints(20), 0.999, 1 - 1e-9, 1];
const check = (holds: (shape: ScheduleShape) => void) => fc.assert(fc.property(any, holds), { numRuns: 1000, seed: 20230126 });

it('any schedule stays in its bounds and decreases, whatever its parameters', () => {
  check((shape) => {
    const schedule = scheduleOf(shape);
    const gammas = times.map((t) => schedule.gamma(t));
    const logSnrs = times.map((t) => schedule.logSnr(t));
    expect(gammas.filter((gamma) => !(gamma >= shape.clipMin && gamma <= 1))).toEqual([]);
    expect(times.filter((t) => !(schedule.slope(t) <= 0) || !(schedule.t(t) >= 0 && schedule.t(t) <= 1))).toEqual([]);
    // where the curve is so flat that rounding shows, gamma may rise by a unit in the last place
    expect(gammas.findIndex((gamma, i) => i > 0 && gamma > gammas[i - 1]! * (1 + 1e-14) + 1e-15)).toBe(-1);
    expect(logSnrs.findIndex((logSnr, i) => i > 0 && !(logSnr <= logSnrs[i - 1]! + 1e-11))).toBe(-1);
  });
});

it('any schedule is inverted by its inverse as far as the digits of gamma allow', () => {
  check((shape) => {
    // a section that hardly falls has few digits left after rescaling
    fc.pre(shape.kind !== 'zero-terminal-snr' || scheduleOf(shape.of).gamma(1) < 0.5);
    const schedule = scheduleOf(shape);
    const open = midpoints(20).filter((t) => schedule.gamma(t) > shape.clipMin && schedule.gamma(t) < 1);
    const far = open.filter((t) => {
      // what one unit in the last place of gamma is worth in t
      const unit = Number.EPSILON / Math.abs(schedule.slope(t) * (1 - schedule.gamma(t)));
      return !(Math.abs(schedule.t(schedule.gamma(t)) - t) < 1e-12 + 100 * unit);
    });
    expect(far).toEqual([]);
  });
});
