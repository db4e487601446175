import type { DenoiserOptions } from './denoiser.js';
import { discretisationOf, initialStddev } from './discretisations.js';
import type { DiscretisationShape } from './discretisations.js';
import { guides } from './guidance-interval.js';
import { randomStream } from './noise.js';
import { mixtureDenoiser } from './oracles.js';
import type { PointDenoiser } from './oracles.js';
import { noiseConditioning } from './preconditioning.js';
import type { Parameterisation } from './preconditioning.js';
import { nfe, tableauOf } from './samplers.js';
import type { SamplerOptions, SamplerShape } from './samplers.js';
import { everySampler, named } from './samplers.fixture.js';
import { runOnNumber } from './scalar-run.fixture.js';
import { scheduleOf } from './schedules.js';
import { trajectoryOf } from './trajectory.js';
import type { NetworkCall, TrajectoryOptions } from './trajectory.js';
import { executeTrajectory } from './trajectory.fixture.js';

const b = 0.7;
const schedule = scheduleOf({ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 });
const kinds: readonly Parameterisation[] = ['eps', 'x0', 'v', 'flow', 'edm', 've'];
const denoisers = {
  labelled: mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]),
  plain: mixtureDenoiser([{ weight: 0.5, mean: -0.6, std: 0.4 }, { weight: 0.5, mean: 0.2, std: 0.6 }]),
};
const range = { sigmaMin: 0.01, sigmaMax: 50 };
const discretisations: Readonly<Record<DiscretisationShape['kind'], DiscretisationShape & { steps: number }>> = {
  'uniform-t': { kind: 'uniform-t', start: 0.99, steps: 12 },
  'karras': { kind: 'karras', rho: 7, ...range, steps: 12 },
  'exponential': { kind: 'exponential', ...range, steps: 12 },
  'polyexponential': { kind: 'polyexponential', rho: 1.5, ...range, steps: 12 },
  've': { kind: 've', ...range, steps: 12 },
  'vp': { kind: 'vp', betaMin: 0.1, betaD: 19.9, epsilon: 1e-3, steps: 12 },
  'iddpm': { kind: 'iddpm', levels: 1000, first: 8, c1: 0.001, c2: 0.008, steps: 12 },
  'uniform-log-snr': { kind: 'uniform-log-snr', start: 0.99, end: 0.01, denoiseToZero: false, steps: 4 },
  'beta': { kind: 'beta', alpha: 0.6, beta: 0.6, start: 0.99, end: 0.01, shift: 2, steps: 4 },
  'discrete': { kind: 'discrete', timesteps: 1000, spacing: 'trailing', steps: 4 },
  'list': { kind: 'list', levels: [20, 3, 0.5, 0.05], in: 'sigma', steps: 4 },
  'align-your-steps': { kind: 'align-your-steps', of: 'sdxl', steps: 10 },
  'variable-skip': { kind: 'variable-skip', schedule: { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 }, steps: 296 },
};

const optionsOf = (kind: Parameterisation): DenoiserOptions => ({ kind, b, sigmaData: 0.5, normalisation: 'analytic', conditioning: (sigma) => noiseConditioning('ln-sigma', sigma, schedule, b) });

/** The raw network that makes the exact denoiser: it knows its level from `c` alone. */
const network = (input: number, { cSkip, cOut, cIn, c }: NetworkCall, labelled: boolean): number => {
  const y = input / cIn;
  return ((labelled ? denoisers.labelled : denoisers.plain)(y, Math.exp(4 * c)) - cSkip * y) / cOut;
};

type Extra = Pick<TrajectoryOptions, 'clamp' | 'guidance'>;

/** The end of a run as the built-in sampler computes it, and as the trajectory's file does. */
function bothEnds(sampler: SamplerShape, { steps: count, ...shape }: DiscretisationShape & { steps: number }, { kind = 'edm', path = {}, clamp, guidance }: Extra & { kind?: Parameterisation; path?: Partial<SamplerOptions> } = {}) {
  const sigmas = discretisationOf(shape, count, { schedule, b });
  const tableau = tableauOf(sampler, { b, ...path });
  const start = initialStddev(shape, sigmas[0]!, b);
  const trajectory = trajectoryOf({ steps: tableau(sigmas), sigmas, start, clamp, guidance, options: optionsOf(kind) });
  const random = randomStream(3);
  const noise = Array.from({ length: trajectory.draws }, () => random.normal());
  const denoiser: PointDenoiser = (y, sigma) => {
    const [labelled, plain] = [denoisers.labelled(y, sigma), denoisers.plain(y, sigma)];
    return guidance && guides(guidance, sigma) ? plain + guidance.scale * (labelled - plain) : labelled;
  };
  let drawn = 1;
  const builtIn = runOnNumber(tableau, { denoiser, y: start * noise[0]!, clamp, noise: () => noise[drawn++]! }, sigmas);
  expect(drawn).toBe(trajectory.draws);
  return { trajectory, builtIn, executed: executeTrajectory(JSON.stringify(trajectory), network, noise) };
}

const rows = everySampler.map((sampler) => [named(sampler), sampler] as const);

describe.each(rows)('the trajectory of %s', (_, sampler) => {
  it('ends where the built-in sampler does, on the levels of every discretisation', () => {
    for (const shape of Object.values(discretisations)) {
      const { trajectory, builtIn, executed } = bothEnds(sampler, shape);
      expect([shape.kind, Math.abs(executed - builtIn) < 1e-12]).toEqual([shape.kind, true]);
      expect(trajectory.nfe).toBe(nfe(sampler, shape.steps, !('denoiseToZero' in shape)));
      expect(trajectory.steps).toHaveLength(shape.steps);
    }
  });

  it('ends there with every parameterisation, clamp and guidance', () => {
    const extras: Extra[] = [{ clamp: { min: -0.5, max: 0.5 } }, { guidance: { scale: 2, sigmaLow: 0.1, sigmaHigh: 10 } }, { clamp: { min: -0.9, max: 0.9 }, guidance: { scale: 1.5, sigmaLow: 0 } }];
    for (const kind of kinds) {
      for (const extra of extras) {
        const { builtIn, executed } = bothEnds(sampler, discretisations.karras, { kind, ...extra });
        // with a small cOut, the network that is made from the denoiser loses digits
        expect(Math.abs(executed - builtIn)).toBeLessThan(1e-10);
      }
    }
  });
});

it.each((['euler', 'heun', 'second-order'] as const).flatMap((kind) => (['vp', 've', 'linear'] as const).map((path) => [kind, path] as const)))('the trajectory of %s along sigma(t) of %s is its path', (kind, path) => {
  const sampler = { kind, alpha: 0.5 } as SamplerShape;
  const along = { schedule: path === 'vp' ? { kind: path, betaMin: 0.1, betaD: 19.9 } : { kind: path }, scaling: 'vp' as const };
  const { builtIn, executed } = bothEnds(sampler, discretisations.ve, { path: along });
  expect(Math.abs(executed - builtIn)).toBeLessThan(1e-12);
});

it('counts a guided evaluation twice, and a guide outside its interval not at all', () => {
  const { trajectory } = bothEnds({ kind: 'heun' }, discretisations.karras, { guidance: { scale: 2, sigmaLow: 1 } });
  const guided = trajectory.steps.flatMap(({ evaluations }) => evaluations).filter((evaluation) => 'guidance' in evaluation);
  expect(guided.every(({ sigma }) => sigma > 1)).toBe(true);
  expect(guided.length).toBeGreaterThan(0);
  expect(trajectory.nfe).toBe(nfe({ kind: 'heun' }, 12) + guided.length);
});
