import { samplingPath } from './sampling-path.js';
import type { SamplingScaling, SamplingScheduleShape } from './sampling-path.js';
import { scheduleOf } from './schedules.js';

const vp = { kind: 'vp', betaD: 19.9, betaMin: 0.1 } as const;
const sigmas = [0.002, 0.05, 1, 12, 80];

describe.each([{ kind: 'linear' }, vp, { kind: 've' }] as SamplingScheduleShape[])('sampling schedule %j', (shape) => {
  const { sigma, time, rate } = samplingPath(shape, 'none');

  it('starts without noise and has an inverse', () => {
    expect(sigma(0)).toBe(0);
    for (const level of sigmas) expect(sigma(time(level)) / level).toBeCloseTo(1, 12);
  });

  it('has the rate of its formula, by central differences', () => {
    for (const level of sigmas) {
      const [t, h] = [time(level), time(level) * 1e-5];
      expect((sigma(t + h) - sigma(t - h)) / (2 * h) / level / rate(level)).toBeCloseTo(1, 8);
    }
  });
});

describe.each(['none', 'vp'] as SamplingScaling[])('sampling scaling %s', (scaling) => {
  it('has the slope of its formula, by central differences in ln sigma', () => {
    const { scale, slope } = samplingPath({ kind: 'linear' }, scaling);
    for (const level of sigmas) {
      const h = 1e-5;
      expect((Math.log(scale(level * Math.exp(h))) - Math.log(scale(level * Math.exp(-h)))) / (2 * h)).toBeCloseTo(slope(level), 8);
    }
  });
});

it('the vp path is the vp noise schedule: sigma(t) is its ratio of noise to signal, s(t) its signal', () => {
  const path = samplingPath(vp, 'vp');
  const schedule = scheduleOf({ ...vp, clipMin: 1e-9 });
  for (const t of [1e-3, 0.1, 0.5, 1]) {
    const gamma = schedule.gamma(t);
    expect(path.sigma(t) / Math.sqrt((1 - gamma) / gamma)).toBeCloseTo(1, 10);
    expect(path.scale(path.sigma(t))).toBeCloseTo(Math.sqrt(gamma), 12);
  }
});
