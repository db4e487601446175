import fc from 'fast-check';
import type { Spec } from './spec.js';

/** A minimal sweep file. */
export const least = { name: 'least', dataset: { name: 'fashion-mnist' } };

const schedules = [
  { kind: 'linear' }, { kind: 'cosine' }, { kind: 'cosine', start: 0.2, tau: 2 }, { kind: 'sigmoid' }, { kind: 'sigmoid', start: 0, end: 3, tau: 0.7 },
  { kind: 'beta-linear' }, { kind: 'shifted-cosine', shift: 0.25 }, { kind: 'zero-terminal-snr', of: { kind: 'vp' } },
];
const samplers = [{ kind: 'ddpm' }, { kind: 'ddim' }, { kind: 'ddim', eta: 0.5 }, { kind: 'euler' }, { kind: 'heun', sChurn: 40, sTmax: 50 }, { kind: 'lms', order: 3 }, { kind: 'dpmpp-2m-sde' }];
const discretisations = [{ kind: 'uniform-t' }, { kind: 'uniform-t', start: 1, schedule: { kind: 'linear' } }, { kind: 'karras' }, { kind: 'polyexponential' }, { kind: 'iddpm' }];
const noises = [{ kind: 'log-normal' }, { kind: 'log-uniform', sigmaMin: 0.01 }];
const weights = [{ kind: 'edm' }, { kind: 'min-snr', snrCap: 3 }];

const axis = <T>(values: readonly T[]): fc.Arbitrary<{ values: T[] }> => fc.shuffledSubarray([...values], { minLength: 1, maxLength: 2 }).map((chosen) => ({ values: chosen }));

/** Sweep files of up to 2^9 cells, keys in any order, seeds and axes in any order. */
export const writtenSpecs: fc.Arbitrary<Record<string, unknown> & { parameters: Record<string, { values: unknown[] }> }> = fc.record({
  name: fc.constantFrom('a', 'ü "quoted"', 'yes', '1'),
  description: fc.constantFrom(undefined, 'two\nlines: yes'),
  dataset: fc.constantFrom({ name: 'fashion-mnist' }, { name: 'fashion-mnist', resolution: 16 }),
  parameters: fc.record({
    schedule: axis(schedules), inputScale: axis([0.3, 0.5, 1]), parameterisation: axis(['eps', 'v', 'flow']), noiseDistribution: axis(noises), lossWeight: axis(weights), network: axis(['tiny', 'small']), sampler: axis(samplers), steps: axis([2, 5, 50]), discretisation: axis(discretisations),
  }, { requiredKeys: [] }).chain((parameters) => fc.shuffledSubarray(Object.keys(parameters), { minLength: Object.keys(parameters).length })
    .map((keys) => Object.fromEntries(keys.map((key) => [key, (parameters as Record<string, { values: unknown[] }>)[key] as { values: unknown[] }])))),
  seeds: fc.record({ train: fc.shuffledSubarray([1, 2, 3], { minLength: 1 }), sample: fc.shuffledSubarray([7, 8], { minLength: 1 }) }),
  train: fc.constantFrom({}, { images: 0 }, { network: 'tiny', images: 5000, learningRate: 0.002 }),
  evaluate: fc.constantFrom({}, { samples: 8, metrics: ['kid', 'fid'] }, { extractor: { kind: 'trained', seed: 3 } }),
}).map((spec) => Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as never);

/** How many cells the axes span. */
export function gridSize({ parameters }: Pick<Spec, 'parameters'>): number {
  return Object.values(parameters).reduce((product, { values }) => product * values.length, 1);
}
