import { logSnrOf } from './levels.js';
import { clipMin, everySchedule, midpoints } from './schedules/every-schedule.fixture.js';
import { scheduleOf } from './schedules.js';
import type { ScheduleShape } from './schedules.js';

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

/** gamma at the same t and log-SNR at t = 1e-6, where gamma is almost 1: the formulas in 110-digit arithmetic (mpmath). */
const ddpm = { kind: 'beta-linear', betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin } as const;
const song = { kind: 'vp', betaD: 19.9, betaMin: 0.1, clipMin } as const;
const digits: [string, ScheduleShape, number[], number][] = [
  ['linear', { kind: 'linear', clipMin }, [0.9, 0.75, 0.5, 0.25, 0.1], 13.8155095579638],
  ['cosine(0, 1, 1)', cosine(0, 1, 1), [0.975528258148, 0.853553390593, 0.5, 0.146446609407, 0.0244717418524], 26.727855705348],
  ['cosine-released', { kind: 'cosine-released', clipMin }, [0.97544326207, 0.853400671699, 0.499882219722, 0.14643272914, 0.0244838753543], 16.1217457603181],
  ['log(1, 100)', { kind: 'log', start: 1, end: 100, clipMin }, [0.48128675103, 0.294611383311, 0.148354310941, 0.0617467478671, 0.0226376045105], 10.747598334852],
  ['beta-linear(1e-4, .02, 1000)', ddpm, [0.897018145675, 0.524085373825, 0.0785872428818, 0.00335055043894, 2.75205911903e-4], 16.1180455988724],
  ['vp(19.9, .1)', song, [0.896282164362, 0.523679721522, 0.0790638124532, 0.00344140658562, 2.88879763406e-4], 16.1179961059031],
  ['shifted-cosine(.5)', { kind: 'shifted-cosine', shift: 0.5, clipMin }, [0.908807919732, 0.593017280463, 0.2, 0.0411290610004, 0.00623232229996], 25.3415613442281],
  ['laplace(0, .5)', { kind: 'laplace', mean: 0, scale: 0.5, clipMin }, [0.690983005625, 0.585786437627, 0.5, 0.414213562373, 0.309016994375], 6.56118168870216],
  ['laplace(-1, .8)', { kind: 'laplace', mean: -1, scale: 0.8, clipMin }, [0.571396307655, 0.390435435607, 0.26894142137, 0.17443472301, 0.0921592992722], 9.49789070192346],
  ['logit-normal(0, 1)', { kind: 'logit-normal', mean: 0, std: 1, clipMin }, [0.928448877849, 0.793962738923, 0.5, 0.206037261077, 0.0715511221508], 9.5068486176458],
  ['logit-normal(-1.2, 1.2)', { kind: 'logit-normal', mean: -1.2, std: 1.2, clipMin }, [0.995830262573, 0.982342430569, 0.916827303506, 0.685943983142, 0.337216382937], 13.808218341175],
  ['flow', { kind: 'flow', shift: 1, clipMin }, [0.987804878049, 0.9, 0.5, 0.1, 0.0121951219512], 27.6310191159275],
  ['flow(3)', { kind: 'flow', shift: 3, clipMin }, [0.9, 0.5, 0.1, 0.0121951219512, 0.0013698630137], 25.4337945385913],
  ['mode-weighted(1.29)', { kind: 'mode-weighted', scale: 1.29, clipMin }, [0.942937434928, 0.720859281205, 0.5, 0.279140718795, 0.0570625650723], 25.973915680666],
  ['mode-weighted(-.5)', { kind: 'mode-weighted', scale: -0.5, clipMin }, [0.995614837712, 0.942398080004, 0.5, 0.0576019199961, 0.00438516228825], 29.0173095422496],
  ['zero-terminal-snr(beta-linear)', { kind: 'zero-terminal-snr', of: ddpm, clipMin }, [0.89637773669, 0.521533007235, 0.076028701935, 0.00268951998026, 1.06130372745e-4], 16.1116725152842],
  ['zero-terminal-snr(vp)', { kind: 'zero-terminal-snr', of: song, clipMin }, [0.895614966368, 0.521037338185, 0.0764123639509, 0.00274958732529, 1.10120634509e-4], 16.1114028309692],
];

it.each(digits)('%s agrees with its formula to all digits, and in log-SNR where gamma is almost 1', (...[, shape, expected, logSnr]) => {
  const schedule = scheduleOf(shape);
  [0.1, 0.25, 0.5, 0.75, 0.9].forEach((t, i) => {
    // twelve printed digits: half a unit in the last place, relative
    expect(Math.abs(schedule.gamma(t) / expected[i]! - 1)).toBeLessThan(5e-12);
  });
  expect(Math.abs(schedule.logSnr(1e-6) / logSnr - 1)).toBeLessThan(5e-14);
});

describe.each(table)('schedule %s', (...[, shape, expected, medianLogSnr]) => {
  const schedule = scheduleOf(shape);
  const times = Array.from({ length: 1001 }, (_unused, i) => i / 1000).filter((t) => schedule.gamma(t) > clipMin);

  it('has the values of the paper\'s formula', () => {
    [0.1, 0.25, 0.5, 0.75, 0.9].forEach((t, i) => {
      // nine printed digits: half a unit in the last place, relative
      expect(Math.abs(schedule.gamma(t) / expected[i]! - 1)).toBeLessThan(5e-9);
    });
  });

  it('has the known median log-SNR', () => {
    expect(logSnrOf(schedule.gamma(0.5), 1)).toBeCloseTo(medianLogSnr, 3);
  });

  it('starts at exactly 1 and ends at exactly clipMin', () => {
    expect(schedule.gamma(0)).toBe(1);
    expect(schedule.gamma(1)).toBe(clipMin);
    expect(schedule.t(1)).toBe(0);
    expect(schedule.t(clipMin)).toBe(1);
  });

  it('decreases until it is clipped', () => {
    const gammas = times.map((t) => schedule.gamma(t));
    expect(gammas.findIndex((gamma, i) => i > 0 && gamma >= gammas[i - 1]!)).toBe(-1);
  });

  it('is inverted by its inverse where it is not clipped', () => {
    expect(worst(times.slice(1), (t) => schedule.t(schedule.gamma(t)) - t)).toBeLessThan(1e-12);
  });

  it('stays inside [clipMin, 1] and [0, 1] for any input', () => {
    const coarse = scheduleOf({ ...shape, clipMin: 0.05 });
    expect(coarse.gamma(0.9999)).toBe(0.05);
    expect(coarse.t(0.01)).toBe(1);
    expect(schedule.t(1.5)).toBe(0);
  });
});

/** Where gamma(0) is not 1, or gamma(1) not clipMin. */
const ends: Partial<Record<ScheduleShape['kind'], { first?: number; last?: number }>> = {
  'cosine-released': { first: 0.9999999013532888, last: 6.165419642888e-9 },
  // 1 - beta_1 ... beta_1000 of DDPM, or a last beta of 1
  'beta-linear': { last: 4.035829765376e-5 },
  // exp(-(19.9/2 + .1))
  vp: { last: 4.318574906034e-5 },
};

/** The largest |error| over these t; Infinity where one is not a number. */
function worst(times: readonly number[], error: (t: number) => number): number {
  return Math.max(...times.map((t) => Math.abs(error(t))).map((size) => (Number.isNaN(size) ? Infinity : size)));
}

describe.each(everySchedule)('%s', (...[, shape]) => {
  const schedule = scheduleOf(shape);
  const times = midpoints(1000);
  const open = times.filter((t) => schedule.gamma(t) > shape.clipMin);

  it('begins at 1 and ends at clipMin, unless its formula says otherwise', () => {
    const whole = shape.kind === 'beta-linear' && shape.betaMax === 1;
    const first = shape.kind === 'zero-terminal-snr' ? ends[shape.of.kind]?.first : ends[shape.kind]?.first;
    const last = whole ? undefined : ends[shape.kind]?.last;
    expect(schedule.gamma(0)).toBeCloseTo(first ?? 1, 14);
    expect(schedule.gamma(1) / (last ?? shape.clipMin)).toBeCloseTo(1, 11);
    expect(schedule.t(first ?? 1)).toBeLessThan(1e-12);
    expect(schedule.t(schedule.gamma(1))).toBeCloseTo(1, 14);
  });

  it('decreases from end to end, in gamma and in log-SNR', () => {
    const [gammas, logSnrs] = [open.map((t) => schedule.gamma(t)), open.map((t) => schedule.logSnr(t))];
    expect(gammas.findIndex((gamma, i) => i > 0 && gamma >= gammas[i - 1]!)).toBe(-1);
    expect(logSnrs.findIndex((logSnr, i) => i > 0 && logSnr >= logSnrs[i - 1]!)).toBe(-1);
    expect(open.length).toBeGreaterThan(850);
  });

  it('stays in [clipMin, 1] and [0, 1], and its slope below 0', () => {
    const inside = (x: number, from: number, to: number) => x >= from && x <= to;
    const inputs = [0, 1e-300, ...times, 1];
    expect(inputs.filter((x) => !inside(schedule.gamma(x), shape.clipMin, 1))).toEqual([]);
    expect(inputs.filter((x) => !inside(schedule.t(x), 0, 1))).toEqual([]);
    expect(inputs.filter((x) => !inside(schedule.slope(x), -Infinity, 0))).toEqual([]);
  });

  it('is inverted by its inverse to 1e-12', () => {
    expect(worst(open, (t) => schedule.t(schedule.gamma(t)) - t)).toBeLessThan(1e-12);
  });

  it('has the log-SNR of its gamma, which input scale b shifts by 2 ln b', () => {
    // in units of the digits that 1 - gamma retains
    const digitsLeft = (t: number) => 4e-16 / (1 - schedule.gamma(t)) + 1e-11;
    expect(worst(open, (t) => (logSnrOf(schedule.gamma(t), 1) - schedule.logSnr(t)) / digitsLeft(t))).toBeLessThan(1);
    expect(worst(open, (t) => (logSnrOf(schedule.gamma(t), 0.3) - schedule.logSnr(t) - 2 * Math.log(0.3)) / digitsLeft(t))).toBeLessThan(1);
  });

  it('has the slope of its log-SNR', () => {
    const h = 1e-6;
    const smooth = open.filter((t) => t > 0.004 && t < 0.996 && schedule.gamma(t + h) > shape.clipMin);
    // truncation (h/t)^2/3 is below 3e-8; rounding of the difference, 1e-15 * 20/h, below 1e-7 of a slope that is never under 1
    expect(worst(smooth, (t) => schedule.slope(t) / ((schedule.logSnr(t + h) - schedule.logSnr(t - h)) / (2 * h)) - 1)).toBeLessThan(1e-7);
  });

  it('is constant where it is clipped', () => {
    const coarse = scheduleOf({ ...shape, clipMin: 0.1 });
    const t = 1 - 1e-9;
    expect(coarse.gamma(t)).toBe(0.1);
    expect(coarse.logSnr(t)).toBe(logSnrOf(0.1, 1));
    expect(coarse.slope(t)).toBe(0);
    expect(coarse.t(0.09)).toBe(1);
  });
});

test.each<[string, Parameters<typeof scheduleOf>[0]]>([
  ['a sigmoid saturated at 1', { kind: 'sigmoid', start: -200, end: -100, tau: 1, clipMin: 1e-9 }],
  ['a sigmoid saturated at 0', { kind: 'sigmoid', start: 1000, end: 2000, tau: 1, clipMin: 1e-9 }],
  ['a cosine of no length', { kind: 'cosine', start: 0, end: 1e-9, tau: 1, clipMin: 1e-9 }],
  ['a cosine that underflows', { kind: 'cosine', start: 0.5, end: 1, tau: 1e4, clipMin: 1e-9 }],
  ['betas that add no noise', { kind: 'beta-linear', betaMin: 1e-300, betaMax: 1e-300, steps: 10, clipMin: 1e-9 }],
  ['a flat schedule, rescaled', { kind: 'zero-terminal-snr', of: { kind: 'beta-linear', betaMin: 1e-300, betaMax: 1e-300, steps: 10, clipMin: 1e-9 }, clipMin: 1e-9 }],
])('%s is no schedule', (_, shape) => {
  expect(() => scheduleOf(shape)).toThrow(RangeError);
});
