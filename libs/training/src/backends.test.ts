import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendChoice, deviceBackends } from '@elucidate/engine/backend';
import { replayFlag } from '@elucidate/engine/replayed';
import { startEngine } from '@elucidate/engine/start';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import { trainingDesign } from './build.js';
import { type HostWeights, toTensors } from './host-weights.js';
import { train, type Trained } from './loop.js';
import { sampleImages } from './sample.js';
import { trainEstimator } from './train-estimator.js';
import { tinyEstimator, tinyTraining, trainingData } from './training.fixture.js';

/** Backends compared with simd; ELUCIDATE_TEST_BACKENDS names others than wasm. */
const backends = (process.env['ELUCIDATE_TEST_BACKENDS']?.split(',') ?? ['wasm']) as BackendChoice[];

const params = tinyTraining({ images: 80, batch: 16, learningRate: 5e-3 });
const sampling = (noiseLevel: StageParams<'sample'>['noiseLevel'] = { kind: 'known' }, clampX0 = true) =>
  stageDefinitions.sample.params.parse({ sampler: { kind: 'heun' }, steps: 4, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0, noiseLevel, guidance: { kind: 'none' }, trajectory: false, samples: 3, seed: 3 });
const estimatorParams = tinyEstimator({ images: 160 });
const exact = tinyTraining({ dataset: { name: 'mixture', resolution: 4, parts: [{ weight: 0.3, mean: -1, std: 0.2 }, { weight: 0.7, mean: 0.8, std: 0.35 }] }, network: { kind: 'exact' } });

let data: Awaited<ReturnType<typeof trainingData>>;
let wanted: Trained;
let estimator: HostWeights;

async function pixelsFrom({ ema }: Trained, noiseLevel?: StageParams<'sample'>['noiseLevel']): Promise<number[]> {
  const [tensors, levels] = [toTensors(ema), toTensors(estimator)];
  const { images } = await sampleImages({ params, sigmaData: data.sigmaData, tensors, estimator: { params: estimatorParams, tensors: levels } }, sampling(noiseLevel));
  tf.dispose([tensors, levels]);
  return Array.from(images.data);
}

async function exactPixels(): Promise<number[]> {
  const { images } = await sampleImages({ params: exact, sigmaData: 1, tensors: {} }, sampling({ kind: 'known' }, false));
  return Array.from(images.data);
}

const noiseLevels = [{ kind: 'known' }, { kind: 'predicted', clamp: 2 }] as const;
let wantedPixels: Record<(typeof noiseLevels)[number]['kind'] | 'exact', number[]>;

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  data = await trainingData(80);
  wanted = await train(params, data);
  estimator = (await trainEstimator(estimatorParams, data.images)).ema;
  const [known, predicted] = [await pixelsFrom(wanted, noiseLevels[0]), await pixelsFrom(wanted, noiseLevels[1])];
  wantedPixels = { known, predicted, exact: await exactPixels() };
});

describe.each(backends)('%s', (backend) => {
  beforeEach(async () => { await startEngine({ backend }); });

  it('is given the sinusoids of noise levels by the host where it computes on a device, and computes them itself otherwise', () => {
    expect(trainingDesign(params, 1).options.embedding !== undefined).toBe(deviceBackends.has(backend));
  });

  it('has the same losses in training as simd', async () => {
    const { losses } = await train(params, data);
    // rounding differs in the last digit, and each step propagates it
    losses.forEach((loss, i) => expect(loss / wanted.losses[i]!).toBeCloseTo(1, 4));
  });

  it.each(noiseLevels)('samples the images that simd samples from the same weights, noise levels $kind, to about a grey level', async (noiseLevel) => {
    const pixels = await pixelsFrom(wanted, noiseLevel);
    const differences = pixels.map((pixel, i) => Math.abs(pixel - wantedPixels[noiseLevel.kind][i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    expect(differences.reduce((sum, difference) => sum + difference, 0) / differences.length).toBeLessThan(0.05);
  });

  it('samples from an exact denoiser the points that simd samples', async () => {
    // the denoiser is float64 on every backend, the steps in between are float32
    (await exactPixels()).forEach((value, i) => expect(value).toBeCloseTo(wantedPixels.exact[i]!, 5));
  });
});

if (!backends.includes('webgpu')) console.warn('steps that are sent to the GPU again, a GPU lost during training: not tested here, because webgpu is not among the tested backends');
(backends.includes('webgpu') ? describe : describe.skip)('steps that are sent to the GPU again', () => {
  const replaying = (on: boolean) => tf.env().set(replayFlag, on);
  beforeAll(async () => { await startEngine({ backend: 'webgpu' }); });
  afterEach(() => replaying(true));

  it.each([
    { title: 'at one-cycle learning rates', change: {} },
    { title: 'with a weighted loss and a last batch that is smaller', change: { images: 88, lossWeight: { kind: 'min-snr', snrCap: 5 } } },
    { title: 'with dropout', change: { dropout: 0.2 } },
  ] as { title: string; change: Partial<typeof params> }[])('train the same weights, averages and losses bit for bit $title', async ({ change }) => {
    const training = { ...params, ...change };
    const again = await train(training, data);
    replaying(false);
    expect(await train(training, data)).toEqual(again);
  });

  it('sample the same images', async () => {
    const again = await pixelsFrom(wanted);
    replaying(false);
    expect(await pixelsFrom(wanted)).toEqual(again);
  });
});

(backends.includes('webgpu') ? describe : describe.skip)('a GPU lost during training', () => {
  let dir: string;
  beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'elucidate-lost-')); });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('fails the stage with engine.lost, and the next attempt continues from the checkpoint to the same weights', async () => {
    await startEngine({ backend: 'webgpu' });
    const whole = await train(params, data);
    const { device } = tf.backend() as unknown as { device: { destroy(): void } };
    const losing = train(params, data, { checkpointDir: dir, checkpointEveryMs: 0, onProgress: ({ values }) => { if (values!['step'] === 3) device.destroy(); } });
    await expect(losing).rejects.toMatchObject({ code: 'engine.lost', retryable: true });
    await startEngine({ backend: 'webgpu' });
    const lines: string[] = [];
    const resumed = await train(params, data, { checkpointDir: dir, onLog: (line) => lines.push(line) });
    // step 3 is reported while step 4 is under way
    expect(lines).toEqual(['goes on after step 3, from its checkpoint']);
    expect(resumed).toEqual(whole);
  });
});
