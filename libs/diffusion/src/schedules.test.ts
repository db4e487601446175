import { logSnrOf } from './levels.js';
import { scheduleOf } from './schedules.js';
import type { ScheduleShape } from './schedules.js';

const clipMin = 1e-9;
const cosine = (start: number, end: number, tau: number): ScheduleShape => ({ kind: 'cosine', start, end, tau, clipMin });
const sigmoid = (start: number, end: number, tau: number): ScheduleShape => ({ kind: 'sigmoid', start, end, tau, clipMin });

/**
 * gamma at t = .1, .25, .5, .75, .9: Chen 2023's formulas in double precision; then the
 * median log-SNR over t uniform in [0, 1].
 */
const table: [string, ScheduleShape, number[], number][] = [
  ['linear', { kind: 'linear', clipMin }, [0.9, 0.75, 0.5, 0.25, 0.1], 0],
  ['cosine(0, 1, 1)', cosine(0, 1, 1), [0.975528258, 0.853553391, 0.5, 0.146446609, 0.0244717419], 0],
  ['cosine(.2, 1, 1)', cosine(0.2, 1, 1), [0.90514572, 0.723606798, 0.381966011, 0.105572809, 0.0173668014], -0.481],
  ['cosine(.2, 1, 2)', cosine(0.2, 1, 2), [0.819288774, 0.523606798, 0.145898034, 0.011145618, 3.01605791e-4], -1.767],
  ['cosine(.2, 1, 3)', cosine(0.2, 1, 3), [0.741575727, 0.378885438, 0.05572809, 0.0011766742, 5.23792787e-6], -2.83],
  ['sigmoid(-3, 3, .9)', sigmoid(-3, 3, 0.9), [0.967217637, 0.866370288, 0.5, 0.133629712, 0.0327823633], 0],
  ['sigmoid(-3, 3, 1.1)', sigmoid(-3, 3, 1.1), [0.954388398, 0.837823362, 0.5, 0.162176638, 0.045611602], 0],
  ['sigmoid(0, 3, .3)', sigmoid(0, 3, 0.3), [0.537840881, 0.151639333, 0.0132961133, 0.00101485368, 1.56007579e-4], -4.307],
  ['sigmoid(0, 3, .5)', sigmoid(0, 3, 0.5), [0.707239615, 0.36169447, 0.0903533195, 0.0171132683, 0.00406741437], -2.309],
  ['sigmoid(0, 3, .7)', sigmoid(0, 3, 0.7), [0.783043834, 0.496593595, 0.187950924, 0.0515081111, 0.0146255299], -1.463],
  ['sigmoid(0, 3, .9)', sigmoid(0, 3, 0.9), [0.822641275, 0.576721619, 0.267259425, 0.0889540479, 0.0278821685], -1.009],
  ['sigmoid(0, 3, 1.1)', sigmoid(0, 3, 1.1), [0.845509088, 0.62576823, 0.324353276, 0.121129336, 0.0404081023], -0.734],
];

describe.each(table)('schedule %s', (...[, shape, expected, medianLogSnr]) => {
  const schedule = scheduleOf(shape);
  const times = Array.from({ length: 1001 }, (_unused, i) => i / 1000).filter((t) => schedule.gamma(t) > clipMin);

  it('has the values of the paper\'s formula', () => {
    [0.1, 0.25, 0.5, 0.75, 0.9].forEach((t, i) => {
      // nine printed digits: half a unit of the last one, relative
      expect(Math.abs(schedule.gamma(t) / expected[i]! - 1)).toBeLessThan(5e-9);
    });
  });

  it('has the median log-SNR that is known of it', () => {
    expect(logSnrOf(schedule.gamma(0.5), 1)).toBeCloseTo(medianLogSnr, 3);
  });

  it('starts at exactly 1 and ends at exactly clipMin', () => {
    expect(schedule.gamma(0)).toBe(1);
    expect(schedule.gamma(1)).toBe(clipMin);
    expect(schedule.t(1)).toBe(0);
    expect(schedule.t(clipMin)).toBe(1);
  });

  it('falls until it is clipped', () => {
    times.slice(1).forEach((t, i) => expect(schedule.gamma(t)).toBeLessThan(schedule.gamma(times[i]!)));
  });

  it('is undone by its inverse where it is not clipped', () => {
    for (const t of times.slice(1)) {
      expect(Math.abs(schedule.t(schedule.gamma(t)) - t)).toBeLessThan(1e-12);
    }
  });

  it('stays inside [clipMin, 1] and [0, 1] for whatever it is asked', () => {
    const coarse = scheduleOf({ ...shape, clipMin: 0.05 });
    expect(coarse.gamma(0.9999)).toBe(0.05);
    expect(coarse.t(0.01)).toBe(1);
    expect(schedule.t(1.5)).toBe(0);
  });
});
