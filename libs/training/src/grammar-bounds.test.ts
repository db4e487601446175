import { discretisationOf } from '@elucidate/diffusion/discretisations';
import { noiseLevels } from '@elucidate/diffusion/noise-distributions';
import { tableauOf } from '@elucidate/diffusion/samplers';
import { scheduleOf, type ScheduleShape } from '@elucidate/diffusion/schedules';
import { noiseDistributionSchema } from '@elucidate/experiment/design';
import { discreteEnds } from '@elucidate/experiment/discrete-ends';
import { largestAlpha } from '@elucidate/experiment/largest-alpha';
import { discretisationSchema, samplerSchema } from '@elucidate/experiment/sampling-grammar';
import { scheduleSchema } from '@elucidate/experiment/schedule-grammar';
import fc from 'fast-check';

/** The planner may not import the mathematics, so each layer has its own bounds: what the grammar lets pass must be defined. */

/** Numbers of every size, and those between which curves bend. */
const anySize = fc.oneof(fc.double({ min: -300, max: 300, noNaN: true }).map((exponent) => 10 ** exponent), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true }));
const signed = fc.tuple(anySize, fc.boolean()).map(([x, negative]) => (negative ? -x : x));
const word = <const K extends string>(kind: K) => fc.constant(kind);
const clipMin = anySize.map((x) => (x <= 0.1 ? x : 1e-9));

const plain = fc.oneof(
  fc.record({ kind: word('linear'), clipMin }),
  fc.record({ kind: word('cosine'), start: anySize, end: anySize, tau: anySize, clipMin }),
  fc.record({ kind: word('sigmoid'), start: signed, end: signed, tau: anySize, clipMin }),
  fc.record({ kind: word('log'), start: anySize, end: anySize, clipMin }),
  fc.record({ kind: word('beta-linear'), betaMin: anySize, betaMax: anySize, steps: fc.integer({ min: 2, max: 50 }), clipMin }),
  fc.record({ kind: word('vp'), betaD: anySize, betaMin: anySize, clipMin }),
  fc.record({ kind: word('shifted-cosine'), shift: anySize, clipMin }),
  fc.record({ kind: word('laplace'), mean: signed, scale: anySize, clipMin }),
  fc.record({ kind: word('logit-normal'), mean: signed, std: anySize, clipMin }),
  fc.oneof(fc.record({ kind: word('flow'), shift: anySize, clipMin }), fc.record({ kind: word('mode-weighted'), scale: signed, clipMin })),
);
const schedules = fc.oneof(plain, fc.record({ kind: word('zero-terminal-snr'), of: plain, clipMin }));
const runs = { numRuns: 5000, seed: 20260101 };

test('a schedule that the grammar accepts falls, and one that it refuses for being flat is refused by the mathematics', () => {
  let [accepted, flat] = [0, 0];
  fc.assert(fc.property(schedules, (written) => {
    const parsed = scheduleSchema.safeParse(written);
    const messages = parsed.error?.issues.map(({ message }) => message) ?? [];
    if (parsed.success) {
      accepted += 1;
      const schedule = scheduleOf(parsed.data as ScheduleShape);
      expect([0, 0.001, 0.25, 0.5, 0.75, 0.999, 1].filter((t) => Number.isNaN(schedule.logSnr(t)) || !(schedule.gamma(t) >= parsed.data.clipMin && schedule.gamma(t) <= 1))).toEqual([]);
    } else if (messages.length === 1 && messages[0]!.includes('gamma falls')) {
      flat += 1;
      expect(() => scheduleOf(written as ScheduleShape)).toThrow(RangeError);
    }
  }), runs);
  expect(Math.min(accepted, flat)).toBeGreaterThan(100);
});

const distributions = fc.oneof(
  fc.record({ kind: word('log-normal'), mean: signed, std: anySize }),
  fc.record({ kind: word('log-uniform'), sigmaMin: anySize, sigmaMax: anySize }),
  fc.record({ kind: word('cauchy'), location: signed, scale: anySize, sigmaMin: anySize, sigmaMax: anySize }),
  fc.record({ kind: word('vp'), betaD: anySize, betaMin: anySize, epsilon: anySize }),
  fc.record({ kind: word('iddpm'), levels: fc.integer({ min: 2, max: 200 }), c1: anySize, c2: anySize }),
);
const linear = scheduleOf({ kind: 'linear', clipMin: 1e-9 });

test('a noise distribution that the grammar accepts has levels that float32 holds', () => {
  let accepted = 0;
  fc.assert(fc.property(distributions, (written) => {
    const parsed = noiseDistributionSchema.safeParse(written);
    if (!parsed.success) return;
    accepted += 1;
    const { draw, range } = noiseLevels(parsed.data, { schedule: linear, b: 1 });
    const drawn = [draw(() => 0, () => -8.5), draw(() => 1 - 2 ** -53, () => 8.5)].map(Math.fround);
    expect(drawn.filter((sigma) => !(sigma > 0 && sigma < Infinity))).toEqual([]);
    expect(range.sigmaMin).toBeLessThanOrEqual(range.sigmaMax);
  }), runs);
  expect(accepted).toBeGreaterThan(100);
});

const sigma = fc.double({ min: -4, max: 3, noNaN: true }).map((exponent) => 10 ** exponent);
const ends = { sigmaMin: sigma, sigmaMax: sigma };
const discretisations = fc.oneof(
  fc.record({ kind: word('karras'), rho: fc.double({ min: 0.5, max: 20, noNaN: true }), ...ends }),
  fc.record({ kind: word('exponential'), ...ends }),
  fc.record({ kind: word('polyexponential'), rho: fc.double({ min: 0.5, max: 3, noNaN: true }), ...ends }),
  fc.record({ kind: word('vp'), betaD: anySize, betaMin: anySize, epsilon: anySize }),
  fc.record({ kind: word('ve'), ...ends }),
);

test('second-order is refused for the alphas with which a step would evaluate at noise level 0 or below', () => {
  let [allowed, refused] = [0, 0];
  const cases = fc.record({ written: discretisations, steps: fc.integer({ min: 2, max: 200 }), alpha: fc.double({ min: 1.0001, max: 1.1, noNaN: true }), sChurn: fc.constantFrom(0, 10, 1000) });
  fc.assert(fc.property(cases, ({ written, steps, alpha, sChurn }) => {
    const parsed = discretisationSchema.safeParse(written);
    if (!parsed.success || parsed.data.kind === 'optimised' || ('sigmaMin' in parsed.data && !(parsed.data.sigmaMin < parsed.data.sigmaMax))) return;
    const sampler = samplerSchema.parse({ kind: 'second-order', alpha, sChurn });
    const largest = largestAlpha({ sampler, steps, discretisation: parsed.data, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none' });
    // rounding decides
    if (Math.abs(alpha / largest - 1) < 1e-9) return;
    let sigmas: number[];
    try {
      sigmas = discretisationOf(parsed.data, steps, { schedule: linear, b: 1 });
    } catch {
      return;
    }
    const make = () => tableauOf(sampler, { b: 1 })(sigmas);
    if (alpha < largest) expect(make()).toHaveLength(steps);
    else expect(make).toThrow('second-order with alpha');
    if (alpha < largest) allowed += 1;
    else refused += 1;
  }), runs);
  expect(Math.min(allowed, refused)).toBeGreaterThan(20);
});

test('discrete timesteps are refused exactly where they would end twice at 0 or start beyond the last', () => {
  let [allowed, refused] = [0, 0];
  for (let timesteps = 2; timesteps <= 12; timesteps++) {
    for (const [spacing, offset] of [['trailing', undefined], ['linspace', undefined], ['leading', undefined], ['leading', 1], ['leading', 4]] as const) {
      for (const denoiseToZero of [undefined, false] as const) {
        for (let steps = 1; steps <= timesteps; steps++) {
          const shape = { kind: 'discrete', timesteps, spacing, offset, denoiseToZero } as const;
          const { first, last } = discreteEnds(shape, steps);
          const make = () => discretisationOf(shape, steps, { schedule: linear, b: 1 });
          const fits = first < timesteps && (denoiseToZero !== false || last > 0);
          if (fits) expect(make()).toHaveLength(steps + 1);
          else expect(make).toThrow(RangeError);
          if (fits) allowed += 1;
          else refused += 1;
        }
      }
    }
  }
  expect(Math.min(allowed, refused)).toBeGreaterThan(100);
});
