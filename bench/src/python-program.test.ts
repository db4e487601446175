import { discretisationOf, initialStddev } from '@elucidate/diffusion/discretisations';
import { imageSeed, randomStream } from '@elucidate/diffusion/noise';
import { mixtureDenoiser } from '@elucidate/diffusion/oracles';
import { noiseConditioning } from '@elucidate/diffusion/preconditioning';
import { tableauOf } from '@elucidate/diffusion/samplers';
import type { SamplerShape } from '@elucidate/diffusion/samplers';
import { everySampler, named } from '@elucidate/diffusion/samplers.fixture';
import { runOnNumber } from '@elucidate/diffusion/scalar-run.fixture';
import { scheduleOf } from '@elucidate/diffusion/schedules';
import { trajectoryOf } from '@elucidate/diffusion/trajectory';
import { findPython, runPythonTests } from '@elucidate/shell/python.fixture';
import { epochOrders } from '@elucidate/training/order';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the Python helper for programs is compared with: computed by the library. */

const schedule = scheduleOf({ kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 });
const b = 0.7;
/** The same mixture as in test_program.py. */
const denoiser = mixtureDenoiser([{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }]);
const images = 5;

/** A sampler's trajectory on EDM's network, noise [draws, images], and where the built-in sampler ends. */
function trajectoryCase(sampler: SamplerShape) {
  const shape = { kind: 'karras', rho: 7, sigmaMin: 0.01, sigmaMax: 50 } as const;
  const sigmas = discretisationOf(shape, 8, { schedule, b });
  const tableau = tableauOf(sampler, { b });
  const options = { kind: 'edm', b, sigmaData: 0.5, normalisation: 'analytic', conditioning: (sigma: number) => noiseConditioning('ln-sigma', sigma, schedule, b) } as const;
  const trajectory = trajectoryOf({ steps: tableau(sigmas), sigmas, start: initialStddev(shape, sigmas[0]!, b), options, clamp: { min: -0.9, max: 0.9 } });
  const random = randomStream([3, images]);
  const noise = Array.from({ length: trajectory.draws }, () => Array.from({ length: images }, () => random.normal()));
  const ends = Array.from({ length: images }, (_, image) => {
    let drawn = 1;
    return runOnNumber(tableau, { denoiser, y: trajectory.start * noise[0]![image]!, clamp: { min: -0.9, max: 0.9 }, noise: () => noise[drawn++]![image]! }, sigmas);
  });
  return { sampler: named(sampler), trajectory, noise, ends };
}

const streamCase = (name: readonly number[]) => {
  const stream = randomStream(name);
  return { name, normals: Array.from({ length: 20 }, () => stream.normal()) };
};

const fixture = () => ({
  trajectories: everySampler.map(trajectoryCase),
  streams: [[0], [1, 4, 0], [2 ** 53 - 1, 7], [2 ** 31 - 1, 1, 2, 3], [imageSeed(3, 99)]].map(streamCase),
  imageSeeds: [[0, 0], [1, 41], [2 ** 31 - 1, 1_000_000]].map(([seed, index]) => [seed, index, imageSeed(seed!, index!)]),
  orders: [[1, 0, 50], [9, 3, 7]].map(([seed, epoch, n]) => ({ seed, epoch, order: [...epochOrders(n!, seed!)(epoch!)] })),
});

const python = findPython(['numpy']);
if (python === undefined) console.warn('the Python helper for programs: not tested here, because no Python 3.9 or newer has numpy (apt install python3-numpy)');
const withTorch = python === undefined ? undefined : findPython(['numpy', 'torch']);
if (python !== undefined && withTorch === undefined) console.warn('training with the Python helper: not tested here, because no Python has torch (apt install python3-torch)');

(python === undefined ? test.skip : test)('the Python helper draws the noise of the built-in engine, ends every sampler where it does, and passes its own tests', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-python-'));
  try {
    await writeFile(join(folder, 'fixture.json'), JSON.stringify(fixture()));
    const result = await runPythonTests(withTorch ?? python!, ['tests.test_program'], { ELUCIDATE_PROGRAM_FIXTURE: join(folder, 'fixture.json') });
    expect(result).toEqual({ code: 0, errors: expect.stringMatching(withTorch === undefined ? /\nOK \(skipped=\d+\)\n$/ : /\nOK\n$/) });
  } finally {
    await rm(folder, { recursive: true });
  }
});
