import { discretisationOf, initialStddev } from './discretisations.js';
import type { DiscretisationShape } from './discretisations.js';
import type { Spacing } from './discretisations/discrete.js';
import { discreteLevels } from './discretisations/iddpm.js';
import { karrasLevels } from './discretisations/karras.js';
import { uniformTLevels } from './discretisations/uniform-t.js';
import { variableSkipSteps } from './discretisations/variable-skip.js';
import { gammaOf, sigmaOf } from './levels.js';
import { scheduleOf } from './schedules.js';

const linear = scheduleOf({ kind: 'linear', clipMin: 1e-9 });
const cosineShape = { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 } as const;
const training = { schedule: linear, b: 0.3 };
const edm = { rho: 7, sigmaMin: 0.002, sigmaMax: 80 };
const iddpm = { kind: 'iddpm', levels: 1000, first: 8, c1: 0.001, c2: 0.008 } as const;
const vp = { kind: 'vp', betaD: 19.9, betaMin: 0.1, epsilon: 1e-3 } as const;

/** Shape, first level, and last level above 0 with many steps. */
const rows: [DiscretisationShape, number, number][] = [
  [{ kind: 'uniform-t', start: 0.99 }, Math.sqrt(99) / 0.3, NaN],
  [{ kind: 'karras', ...edm }, 80, 0.002],
  [{ kind: 'exponential', sigmaMin: 0.002, sigmaMax: 80 }, 80, 0.002],
  [{ kind: 'polyexponential', ...edm, rho: 1.5 }, 80, 0.002],
  [vp, Math.sqrt(Math.exp(10.05) - 1), Math.sqrt(Math.exp(19.9 * 5e-7 + 1e-4) - 1)],
  [{ kind: 've', sigmaMin: 0.02, sigmaMax: 100 }, 100, 0.02],
  [iddpm, discreteLevels(iddpm)[8]!, discreteLevels(iddpm)[999]!],
];

describe.each(rows)('discretisation %j', (shape, first, last) => {
  it.each([1, 2, 7, 100])('of %p steps decreases strictly from its start to 0', (steps) => {
    const levels = discretisationOf(shape, steps, training);
    expect(levels).toHaveLength(steps + 1);
    expect(Math.abs(levels[0]! / first - 1)).toBeLessThan(1e-12);
    expect(levels.at(-1)).toBe(0);
    levels.slice(1).forEach((sigma, i) => expect(sigma).toBeLessThan(levels[i]!));
    if (steps > 1 && !Number.isNaN(last)) expect(Math.abs(levels.at(-2)! / last - 1)).toBeLessThan(1e-9);
  });
});

describe('karras', () => {
  it.each([
    [10, [80, 42.4151893, 21.1086767, 9.72320136, 4.0661236, 1.50174198, 0.469979058, 0.116638564, 0.0204353346, 0.002, 0]],
    [18, [80, 57.5859847, 40.7855738, 28.3745846, 19.352453, 12.9100824, 8.40093531, 5.31519452, 3.25682152, 1.92333984, 1.08817064, 0.585348123, 0.296442284, 0.139516469, 0.0599473112, 0.0229345184, 0.00752801996, 0.002, 0]],
  ])('has EDM\'s levels for %p steps', (steps, expected) => {
    const levels = karrasLevels(steps, edm);
    levels.slice(0, -1).forEach((sigma, i) => expect(Math.abs(sigma / expected[i]! - 1)).toBeLessThan(5e-9));
  });

  it('is uniform in sigma at rho 1', () => {
    expect(karrasLevels(3, { rho: 1, sigmaMin: 1, sigmaMax: 3 })).toEqual([3, 2, 1, 0]);
  });
});

describe('exponential discretisations', () => {
  const range = { sigmaMin: 0.01, sigmaMax: 10 };

  it('decrease by a constant ratio', () => {
    [10, 1, 0.1, 0.01, 0].forEach((sigma, i) => expect(discretisationOf({ kind: 'exponential', ...range }, 4, training)[i]).toBeCloseTo(sigma, 12));
  });

  it('are polyexponential at rho 1, and EDM\'s VE', () => {
    const expected = discretisationOf({ kind: 'exponential', ...range }, 9, training);
    expect(discretisationOf({ kind: 'polyexponential', ...range, rho: 1 }, 9, training)).toEqual(expected);
    expect(discretisationOf({ kind: 've', ...range }, 9, training)).toEqual(expected);
  });

  it('follow a power of the ramp in ln sigma', () => {
    discretisationOf({ kind: 'polyexponential', ...range, rho: 3 }, 5, training).slice(0, -1).forEach((sigma, i) => {
      expect(Math.log(sigma)).toBeCloseTo(Math.log(0.01) + (1 - i / 4) ** 3 * Math.log(1000), 12);
    });
  });
});

describe('vp', () => {
  it('has its t uniform: EDM\'s inverse of its sigma gives them back', () => {
    discretisationOf(vp, 11, training).slice(0, -1).forEach((sigma, i) => {
      const t = (Math.sqrt(0.1 ** 2 + 2 * 19.9 * Math.log1p(sigma ** 2)) - 0.1) / 19.9;
      expect(t).toBeCloseTo(1 - (i / 10) * 0.999, 12);
    });
  });
});

describe('iddpm', () => {
  const levels = discreteLevels(iddpm);

  it('has 1,001 levels, of which the last is 0 and the ninth is the first below EDM\'s 81', () => {
    expect(levels).toHaveLength(1001);
    expect(levels[1000]).toBe(0);
    expect(levels.findIndex((sigma) => sigma < 81)).toBe(8);
  });

  it('are the noise levels of alpha-bar where its fall is not limited', () => {
    const alphaBar = (j: number) => Math.sin((Math.PI * j) / (2 * 1000 * 1.008)) ** 2;
    for (const j of [1, 2, 8, 100, 500, 999]) {
      expect(Math.abs(levels[j]! / Math.sqrt(alphaBar(1000) / alphaBar(j) - 1) - 1)).toBeLessThan(1e-9);
    }
    // alpha-bar(0) is 0: there the ratio is limited to c1
    expect(levels[0]).toBeCloseTo(Math.sqrt((levels[1]! ** 2 + 1) / 0.001 - 1), 6);
  });

  it('uses every level when there are as many steps as levels, and refuses more steps', () => {
    expect(discretisationOf(iddpm, 992, training)).toEqual(levels.slice(8));
    expect(() => discretisationOf(iddpm, 993, training)).toThrow(new RangeError('the iddpm discretisation has 992 levels from number 8 on; 993 steps need as many'));
  });
});

describe('uniform-t', () => {
  it('ends at 0 on a schedule that does not begin at gamma 1', () => {
    const released = scheduleOf({ kind: 'cosine-released', clipMin: 1e-9 });
    expect(released.gamma(0)).toBeLessThan(1);
    expect(uniformTLevels(10, released, { b: 1, start: 0.99 }).at(-1)).toBe(0);
  });

  it('visits t from start down to 0 in equal steps', () => {
    uniformTLevels(19, linear, { b: 0.5, start: 0.95 }).forEach((sigma, i) => {
      const t = (19 - i) / 20;
      expect(sigma).toBeCloseTo(Math.sqrt(t / (1 - t)) / 0.5, 10);
    });
  });

  it('uses the training\'s schedule where the spec names none, and its input scale with any', () => {
    expect(discretisationOf({ kind: 'uniform-t', start: 0.9 }, 5, training)).toEqual(uniformTLevels(5, linear, { b: 0.3, start: 0.9 }));
    expect(discretisationOf({ kind: 'uniform-t', start: 0.5, schedule: cosineShape }, 5, training)[0]).toBeCloseTo(1 / 0.3, 12);
  });

  it('is refused where a schedule is constant', () => {
    const clipped = { schedule: scheduleOf({ kind: 'linear', clipMin: 0.1 }), b: 1 };
    expect(() => discretisationOf({ kind: 'uniform-t', start: 1 }, 20, clipped)).toThrow('the uniform-t discretisation with 20 steps goes from sigma 3 to 3; levels must fall');
  });

  it.each(['karras', 'exponential', 've'] as const)('is refused as %s when its ends are reversed', (kind) => {
    expect(() => discretisationOf({ kind, rho: 7, sigmaMin: 80, sigmaMax: 0.002 }, 5, training)).toThrow(RangeError);
  });
});

describe('variable-skip', () => {
  it('has 296 steps: each hundred of levels visited in strides of its own number', () => {
    const counted = Array.from({ length: 12 }, (_, hundred) => hundred).reduce((sum, hundred) => {
      // the multiples of h among the numbers level + 101 in [100 h, 100 h + 99], from 101 to 1100
      const [from, to] = [Math.max(101, 100 * hundred), Math.min(1100, 100 * hundred + 99)];
      return hundred === 0 ? 0 : sum + Math.floor(to / hundred) - Math.floor((from - 1) / hundred);
    }, 0);
    expect(variableSkipSteps).toBe(counted);
    expect(variableSkipSteps).toBe(296);
  });

  it('visits 1,000 discrete levels, every 10th at first and every one at the end', () => {
    const levels = discretisationOf({ kind: 'variable-skip', schedule: cosineShape }, variableSkipSteps, training);
    expect(levels).toHaveLength(variableSkipSteps + 1);
    const schedule = scheduleOf(cosineShape);
    const at = (thousandths: number) => sigmaOf(schedule.gamma(thousandths / 1000), 0.3);
    expect(levels.slice(0, 4)).toEqual([1000, 990, 980, 970].map(at));
    expect(levels.slice(-4)).toEqual([...[3, 2, 1].map(at), 0]);
    expect(discretisationOf({ kind: 'variable-skip' }, variableSkipSteps, training)[50]).toBeLessThan(discretisationOf({ kind: 'variable-skip' }, variableSkipSteps, training)[49]!);
  });

  it('is refused with another number of steps', () => {
    expect(() => discretisationOf({ kind: 'variable-skip' }, 100, training)).toThrow(new RangeError('the variable-skip discretisation has 296 steps; steps is 100'));
  });
});

describe.each<[DiscretisationShape, number]>([
  [{ kind: 'karras', ...edm }, 0.002],
  [{ kind: 'exponential', sigmaMin: 0.01, sigmaMax: 10 }, 0.01],
  [{ kind: 'polyexponential', ...edm, rho: 2 }, 0.002],
  [{ kind: 've', sigmaMin: 0.02, sigmaMax: 100 }, 0.02],
  [vp, Math.sqrt(Math.expm1(19.9 * 5e-7 + 1e-4))],
  [{ kind: 'uniform-log-snr', start: 0.99, end: 0.01 }, Math.sqrt(0.01 / 0.99) / 0.3],
  [{ kind: 'beta', alpha: 0.6, beta: 0.6, start: 0.99, end: 0.01 }, Math.sqrt(0.01 / 0.99) / 0.3],
])('$kind with denoiseToZero false', (shape, last) => {
  it.each([1, 2, 7])('has, in %p steps, the levels above 0 of one step more, and ends at its lowest', (steps) => {
    const levels = discretisationOf({ ...shape, denoiseToZero: false } as DiscretisationShape, steps, training);
    expect(levels).toHaveLength(steps + 1);
    expect(Math.abs(levels.at(-1)! / last - 1)).toBeLessThan(1e-9);
    expect(levels).toEqual(discretisationOf(shape, steps + 1, training).slice(0, -1));
  });
});

describe('uniform-log-snr', () => {
  it('has log-SNR at even distances between two t of the schedule', () => {
    const levels = discretisationOf({ kind: 'uniform-log-snr', start: 0.9, end: 0.1 }, 5, training);
    levels.slice(0, -1).forEach((sigma, i) => expect(2 * Math.log(0.3 * sigma)).toBeCloseTo(Math.log(9) - (i / 4) * 2 * Math.log(9), 12));
  });

  it('is exponential between the same ends', () => {
    const [sigmaMax, sigmaMin] = [0.9, 0.1].map((t) => sigmaOf(linear.gamma(t), 0.3)) as [number, number];
    const levels = discretisationOf({ kind: 'uniform-log-snr', start: 0.9, end: 0.1 }, 8, training);
    discretisationOf({ kind: 'exponential', sigmaMin, sigmaMax }, 8, training).forEach((sigma, i) => expect(levels[i]).toBeCloseTo(sigma, 11));
  });
});

describe('beta', () => {
  const timesOf = (levels: readonly number[]) => levels.slice(0, -1).map((sigma) => (0.3 * sigma) ** 2 / (1 + (0.3 * sigma) ** 2));

  it('has t at even quantiles: of the arcsine distribution in closed form', () => {
    const times = timesOf(discretisationOf({ kind: 'beta', alpha: 0.5, beta: 0.5, start: 0.9, end: 0.1 }, 6, training));
    times.forEach((t, i) => expect(t).toBeCloseTo(0.1 + 0.8 * Math.sin((Math.PI / 2) * (1 - i / 5)) ** 2, 12));
  });

  it('is uniform in t with both exponents 1, and symmetric with equal ones', () => {
    timesOf(discretisationOf({ kind: 'beta', alpha: 1, beta: 1, start: 0.9, end: 0.1 }, 5, training)).forEach((t, i) => expect(t).toBeCloseTo(0.9 - 0.2 * i, 12));
    const times = timesOf(discretisationOf({ kind: 'beta', alpha: 0.6, beta: 0.6, start: 0.9, end: 0.1 }, 7, training));
    times.forEach((t, i) => expect(t + times[6 - i]!).toBeCloseTo(1, 12));
  });
});

describe('discrete timesteps', () => {
  const timesteps = (spacing: Spacing, steps: number, extra: { offset?: number; timesteps?: number } = {}) => {
    const { timesteps: all = 1000, ...rest } = extra;
    return discretisationOf({ kind: 'discrete', timesteps: all, spacing, ...rest }, steps, training).slice(0, -1).map((sigma) => Math.round((all * (0.3 * sigma) ** 2) / (1 + (0.3 * sigma) ** 2)) - 1);
  };

  it('are those of Lin et al.\'s Table 2, ten of 1,000, counted from 0', () => {
    // the table counts from 1: leading 1, 101 .. 901; linspace 1, 112 .. 889, 1000; trailing 100, 200 .. 1000
    expect(timesteps('leading', 10)).toEqual([900, 800, 700, 600, 500, 400, 300, 200, 100, 0]);
    expect(timesteps('linspace', 10)).toEqual([999, 888, 777, 666, 555, 444, 333, 222, 111, 0]);
    expect(timesteps('trailing', 10)).toEqual([999, 899, 799, 699, 599, 499, 399, 299, 199, 99]);
    expect(timesteps('leading', 4, { offset: 1 })).toEqual([751, 501, 251, 1]);
  });

  it('round halves to even, like numpy', () => {
    // 1000/16 = 62.5: 1000, 937.5, 875, 812.5 ...
    expect(timesteps('trailing', 16).slice(0, 4)).toEqual([999, 937, 874, 811]);
  });

  it('trailing at any t is uniform-t from 1', () => {
    const levels = discretisationOf({ kind: 'discrete', timesteps: 1000, spacing: 'trailing', schedule: cosineShape }, 8, training);
    discretisationOf({ kind: 'uniform-t', start: 1, schedule: cosineShape }, 8, training).forEach((sigma, i) => expect(Math.abs(levels[i]! - sigma)).toBeLessThan(1e-9 * (1 + sigma)));
  });

  it('end at timestep 0 with denoiseToZero false', () => {
    expect(discretisationOf({ kind: 'discrete', timesteps: 1000, spacing: 'trailing', denoiseToZero: false }, 5, training).at(-1)).toBeCloseTo(sigmaOf(linear.gamma(0.001), 0.3), 12);
  });

  it('are refused where there are too few, or where the first lies beyond the last', () => {
    expect(() => timesteps('trailing', 11, { timesteps: 10 })).toThrow('the discrete discretisation has 10 timesteps; 11 steps need as many');
    expect(() => timesteps('leading', 10, { offset: 100 })).toThrow('starts at timestep 1000 of 0 to 999: lower its offset');
  });
});

describe('a list', () => {
  const levels = [10, 3, 1, 0.1];
  const of = (steps: number, extra: Partial<Extract<DiscretisationShape, { kind: 'list' }>> = {}) => discretisationOf({ kind: 'list', levels, in: 'sigma', ...extra }, steps, training);

  it('of steps + 1 levels is taken as it is, its last in place of 0 only with denoiseToZero false', () => {
    expect(of(3, { denoiseToZero: false })).toEqual(levels);
    expect(of(3)).toEqual([10, 3, 1, 0]);
    expect(of(4, { levels: [...levels, 0] })).toEqual([...levels, 0]);
  });

  it('of another length is interpolated in ln sigma, linearly in the index', () => {
    // one value in the middle of each interval
    const expected = [10, Math.sqrt(30), 3, Math.sqrt(3), 1, Math.sqrt(0.1), 0.1];
    of(6, { denoiseToZero: false }).forEach((sigma, i) => expect(sigma).toBeCloseTo(expected[i]!, 12));
    of(7, { levels: [...levels, 0] }).forEach((sigma, i) => expect(sigma).toBeCloseTo([...expected, 0][i]!, 12));
    expect(of(1)).toEqual([10, 0]);
    expect(of(2, { denoiseToZero: false })[1]).toBeCloseTo(Math.sqrt(3), 12);
  });

  it('is given in sigma, gamma or t', () => {
    const [bySigma, byGamma, byT] = [of(3), of(3, { in: 'gamma', levels: levels.map((sigma) => gammaOf(sigma, 0.3)) }), of(3, { in: 't', levels: levels.map((sigma) => 1 - gammaOf(sigma, 0.3)) })];
    bySigma.forEach((sigma, i) => expect([byGamma[i], byT[i]]).toEqual([expect.closeTo(sigma, 9), expect.closeTo(sigma, 9)]));
    expect(of(2, { in: 't', levels: [0.5, 0.2, 0], schedule: cosineShape })).toEqual([...[0.5, 0.2].map((t) => sigmaOf(scheduleOf(cosineShape).gamma(t), 0.3)), 0]);
  });

  it('is refused if it rises, and if it ends with 0 that denoiseToZero leaves out', () => {
    expect(() => of(2, { levels: [1, 2, 3] })).toThrow('levels must fall');
    expect(() => of(4, { levels: [...levels, 0], denoiseToZero: false })).toThrow('the list ends with 0, which denoiseToZero: false leaves out');
  });

  it('of Align Your Steps in ten steps is the published one', () => {
    expect(discretisationOf({ kind: 'align-your-steps', of: 'sd-1.5', denoiseToZero: false }, 10, training)).toEqual([14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]);
    expect(discretisationOf({ kind: 'align-your-steps', of: 'deepfloyd-if' }, 10, training).slice(-2)).toEqual([0.03, 0]);
  });
});

describe('a shift', () => {
  it.each<DiscretisationShape>([{ kind: 'uniform-t', start: 0.9 }, { kind: 'uniform-log-snr', start: 0.9, end: 0.1 }, { kind: 'beta', alpha: 0.6, beta: 0.6, start: 0.9, end: 0.1 }, { kind: 'discrete', timesteps: 100, spacing: 'linspace' }])('of $kind multiplies each sigma, and moves log-SNR by -2 ln shift (Hoogeboom)', (shape) => {
    const [plain, moved] = [shape, { ...shape, shift: 4 }].map((each) => discretisationOf(each as DiscretisationShape, 5, training));
    moved!.forEach((sigma, i) => expect(sigma).toBe(4 * plain![i]!));
  });

  it('is t\' = a t/(1 + (a - 1) t) in the time of flow matching (Esser)', () => {
    const flowTime = (sigma: number) => sigma / (1 + sigma);
    const [plain, moved] = [1, 3].map((shift) => discretisationOf({ kind: 'uniform-t', start: 0.9, shift }, 5, { schedule: linear, b: 1 }));
    plain!.forEach((sigma, i) => {
      const t = flowTime(sigma);
      expect(flowTime(moved![i]!)).toBeCloseTo((3 * t) / (1 + 2 * t), 12);
    });
  });
});

describe('the start of a sampling run', () => {
  it.each([{ kind: 'uniform-t', start: 0.9 }, { kind: 'variable-skip' }] as DiscretisationShape[])('$kind starts x_t from unit noise, whatever the schedule and the input scale', (shape) => {
    for (const schedule of [linear, scheduleOf(cosineShape)]) {
      for (const b of [0.3, 1, 1.5]) {
        const [sigma] = discretisationOf(shape, shape.kind === 'uniform-t' ? 5 : variableSkipSteps, { schedule, b });
        const gamma = 1 / (1 + (b * sigma!) ** 2);
        expect(Math.sqrt(gamma) * b * initialStddev(shape, sigma!, b)).toBeCloseTo(1, 12);
      }
    }
  });

  it.each(rows.filter(([{ kind }]) => kind !== 'uniform-t').map(([shape]) => shape))('$kind starts y at sigma', (shape) => {
    expect(initialStddev(shape, 7, 0.3)).toBe(7);
  });
});

test.each<[string, DiscretisationShape, number]>([
  ['a ratio of ends that overflows', { kind: 'exponential', sigmaMin: 1e-300, sigmaMax: 1e300 }, 10],
  ['a first level beyond float64', { kind: 'vp', betaD: 10_000, betaMin: 0.1, epsilon: 1e-3 }, 1],
  ['a first level beyond float32', { kind: 've', sigmaMin: 1, sigmaMax: 1e39 }, 2],
  ['a last level below float32', { kind: 've', sigmaMin: 1e-39, sigmaMax: 1 }, 2],
])('%s is refused', (_, shape, steps) => {
  expect(() => discretisationOf(shape, steps, { schedule: scheduleOf({ kind: 'linear', clipMin: 1e-9 }), b: 1 })).toThrow('which no float32 above 0 holds');
});
