import { designRows, designTable } from './design-table.js';
import type { LossWeightShape } from './loss-weights.js';
import { noiseLevels } from './noise-distributions.js';
import type { NoiseDistributionShape } from './noise-distributions.js';
import { normalCdf } from './normal-distribution.js';
import { noiseConditioning } from './preconditioning.js';
import type { Conditioning, Normalisation, Parameterisation } from './preconditioning.js';
import { scheduleOf } from './schedules.js';
import type { Schedule } from './schedules.js';
import { everySchedule } from './schedules/every-schedule.fixture.js';

const [b, sigmaData] = [0.6, 0.4];
const rows = 31;
const kinds: readonly Parameterisation[] = ['eps', 'x0', 'v', 'flow', 'edm', 've'];

/** The factor on the squared error of x0-hat, data units, that each weight states; uniform is 1 on the network's own target. */
const onX0: { readonly [K in LossWeightShape['kind']]: { shape: Extract<LossWeightShape, { kind: K }>; factor(sigma: number): number | undefined } } = {
  'uniform': { shape: { kind: 'uniform' }, factor: () => undefined },
  'edm': { shape: { kind: 'edm' }, factor: (sigma) => (sigma ** 2 + sigmaData ** 2) / (sigma * sigmaData) ** 2 },
  'eps': { shape: { kind: 'eps' }, factor: (sigma) => sigma ** -2 },
  'min-snr': { shape: { kind: 'min-snr', snrCap: 5 }, factor: (sigma) => b ** 2 * Math.min(5, (b * sigma) ** -2) },
  'soft-min-snr': { shape: { kind: 'soft-min-snr', snrCap: 5 }, factor: (sigma) => (b ** 2 * 5) / (1 + 5 * (b * sigma) ** 2) },
  // before its head has learned anything
  'learned': { shape: { kind: 'learned', channels: 8 }, factor: (sigma) => (sigma ** 2 + sigmaData ** 2) / (sigma * sigmaData) ** 2 },
  'sigmoid': { shape: { kind: 'sigmoid', bias: 1 }, factor: (sigma) => sigma ** -2 / (1 + Math.exp(-1) / (b * sigma) ** 2) },
};

/** Target and output of each parameterisation in gamma, for z = b x0: a = sqrt(gamma), q = sqrt(1 - gamma). */
const targets: Readonly<Record<Parameterisation, (level: { sigma: number; a: number; q: number }) => { x0: number; eps: number }>> = {
  eps: () => ({ x0: 0, eps: 1 }),
  x0: () => ({ x0: b, eps: 0 }),
  v: ({ a, q }) => ({ x0: -q * b, eps: a }),
  flow: () => ({ x0: -b, eps: 1 }),
  edm: ({ sigma }) => ({ x0: sigma / (sigmaData * Math.hypot(sigma, sigmaData)), eps: -sigmaData / Math.hypot(sigma, sigmaData) }),
  ve: () => ({ x0: 0, eps: -1 }),
};

const tableOf = (schedule: Schedule, { kind = 'eps', weight = { kind: 'uniform' }, levels = { kind: 'schedule' }, conditioning = 't', normalisation = 'analytic', count = rows }: { kind?: Parameterisation; weight?: LossWeightShape; levels?: NoiseDistributionShape; conditioning?: Conditioning; normalisation?: Normalisation; count?: number }) =>
  designTable(noiseLevels(levels, { schedule, b }), { kind, b, sigmaData, normalisation, conditioning: (sigma) => noiseConditioning(conditioning, sigma, schedule, b) }, weight, count);

/** NaN if one is. */
const worst = (errors: readonly number[]) => Math.max(...errors);
/** |a - b| as a fraction of b. */
const off = (found: number, expected: number) => Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-12);

describe.each(everySchedule)('the design on %s', (_, shape) => {
  const schedule = scheduleOf(shape);

  it('has the levels of the schedule at the middle of equal parts of t, rising', () => {
    const { sigma } = tableOf(schedule, {});
    const gammas = Array.from(sigma, (_sigma, k) => Math.min(1 - 2 ** -53, schedule.gamma(0.001 + (0.998 * (k + 0.5)) / rows)));
    expect(worst(gammas.map((gamma, k) => off(sigma[k]!, Math.sqrt(1 / gamma - 1) / b)))).toBeLessThan(1e-7);
    expect([...sigma]).toEqual([...sigma].sort((x, y) => x - y));
  });

  it('has the target of every parameterisation under every weight, and its denoiser returns x0', () => {
    for (const kind of kinds) {
      for (const { shape: weight, factor } of Object.values(onX0)) {
        const { sigma, targetX0, targetEps, lossWeight, cSkip, cOut, cIn } = tableOf(schedule, { kind, weight });
        const errors = Array.from(sigma, (s, k) => {
          const a = 1 / Math.hypot(1, b * s);
          const target = targets[kind]({ sigma: s, a, q: a * b * s });
          return worst([
            off(targetX0[k]!, target.x0),
            off(targetEps[k]!, target.eps),
            // cSkip (x0 + sigma eps) + cOut F = x0 for every x0 and eps
            Math.abs(cSkip[k]! + cOut[k]! * target.x0 - 1),
            Math.abs(cSkip[k]! * s + cOut[k]! * target.eps) / Math.max(1, s),
            off(lossWeight[k]!, (factor(s) ?? cOut[k]! ** -2) * cOut[k]! ** 2),
            off(cIn[k]!, (s ** 2 + sigmaData ** 2) ** -0.5),
          ]);
        });
        expect([kind, weight.kind, worst(errors) < 1e-12]).toEqual([kind, weight.kind, true]);
      }
    }
  });
});

const cosine = scheduleOf({ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 });

it.each<[NoiseDistributionShape, (sigma: number) => number]>([
  [{ kind: 'log-normal', mean: -1.2, std: 1.2 }, (sigma) => normalCdf((Math.log(sigma) + 1.2) / 1.2)],
  [{ kind: 'log-uniform', sigmaMin: 0.02, sigmaMax: 100 }, (sigma) => Math.log(sigma / 0.02) / Math.log(5000)],
  [{ kind: 'cauchy', location: 0, scale: 0.5, sigmaMin: 0.1, sigmaMax: 10 }, (sigma) => 0.5 + Math.atan(2 * Math.log(sigma)) / (2 * Math.atan(2 * Math.LN10))],
  [{ kind: 'vp', betaMin: 0.1, betaD: 19.9, epsilon: 1e-5 }, (sigma) => ((Math.sqrt(0.1 ** 2 + 2 * 19.9 * Math.log1p(sigma ** 2)) - 0.1) / 19.9 - 1e-5) / (1 - 1e-5)],
])('row k of %j is its quantile (k + 1/2)/65,536', (levels, share) => {
  const { sigma } = tableOf(cosine, { levels, count: designRows });
  expect(sigma).toHaveLength(65_536);
  for (let k = 0; k < designRows; k += 257) expect(Math.abs(share(sigma[k]!) - (k + 0.5) / designRows)).toBeLessThan(1e-9);
});

it('gives the network its level in every coordinate, and its input as it is noised', () => {
  const column = (conditioning: Conditioning) => tableOf(cosine, { conditioning });
  const { sigma, conditioning: t } = column('t');
  const offBy = (values: Float64Array, expected: (sigma: number, k: number) => number) => worst(Array.from(values, (value, k) => off(value, expected(sigma[k]!, k))));
  expect(offBy(t, (_sigma, k) => 0.001 + (0.998 * (k + 0.5)) / rows)).toBeLessThan(1e-8);
  expect(offBy(column('gamma').conditioning, (s) => 1 / (1 + (b * s) ** 2))).toBeLessThan(1e-12);
  expect(offBy(column('ln-sigma').conditioning, (s) => Math.log(s) / 4)).toBeLessThan(1e-12);
  expect([...column('sigma').conditioning]).toEqual([...sigma]);
  expect(new Set(column('none').conditioning)).toEqual(new Set([0]));
  // sqrt(gamma) b y is x_t
  expect(offBy(tableOf(cosine, { normalisation: 'none' }).cIn, (s) => b / Math.hypot(1, b * s))).toBeLessThan(1e-12);
});
