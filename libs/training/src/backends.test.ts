import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendChoice } from '@elucidate/engine/backend';
import { startEngine } from '@elucidate/engine/start';
import { stageParams } from '@elucidate/experiment/stages';
import { toTensors } from './host-weights.js';
import { train, type Trained } from './loop.js';
import { sampleImages } from './sample.js';
import { tinyTraining, trainingData } from './training.fixture.js';

/** Compared with simd; ELUCIDATE_TEST_BACKENDS names others than wasm. */
const backends = (process.env['ELUCIDATE_TEST_BACKENDS']?.split(',') ?? ['wasm']) as BackendChoice[];

const params = tinyTraining({ images: 80, batch: 16, learningRate: 5e-3 });
const sampling = stageParams.sample.parse({ sampler: { kind: 'heun' }, steps: 4, grid: { kind: 'uniform-t' }, clampX0: true, noiseLevel: { kind: 'known' }, trajectory: false, samples: 3, seed: 3 });

let data: Awaited<ReturnType<typeof trainingData>>;
let wanted: Trained;
let wantedPixels: number[];

async function pixelsFrom({ ema }: Trained): Promise<number[]> {
  const tensors = toTensors(ema);
  const { images } = await sampleImages({ params, sigmaData: data.sigmaData, tensors }, sampling);
  tf.dispose(tensors);
  return Array.from(images.data);
}

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  data = await trainingData(80);
  wanted = await train(params, data);
  wantedPixels = await pixelsFrom(wanted);
});

describe.each(backends)('%s', (backend) => {
  beforeEach(async () => { await startEngine({ backend }); });

  it('trains through the losses that simd trains through', async () => {
    const { losses } = await train(params, data);
    // rounding differs in the last digit, and each step carries it on
    losses.forEach((loss, i) => expect(loss / wanted.losses[i]!).toBeCloseTo(1, 4));
  });

  it('samples the images that simd samples from the same weights, to a grey level or so', async () => {
    const pixels = await pixelsFrom(wanted);
    const differences = pixels.map((pixel, i) => Math.abs(pixel - wantedPixels[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    expect(differences.reduce((sum, difference) => sum + difference, 0) / differences.length).toBeLessThan(0.05);
  });
});

(backends.includes('webgpu') ? describe : describe.skip)('a GPU lost in mid-training', () => {
  let dir: string;
  beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'elucidate-lost-')); });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('fails the stage with engine.lost, and the next attempt goes on from the checkpoint to the same weights', async () => {
    await startEngine({ backend: 'webgpu' });
    const whole = await train(params, data);
    const { device } = tf.backend() as unknown as { device: { destroy(): void } };
    const losing = train(params, data, { checkpointDir: dir, checkpointEveryMs: 0, onProgress: ({ values }) => { if (values!['step'] === 3) device.destroy(); } });
    await expect(losing).rejects.toMatchObject({ code: 'engine.lost', retryable: true });
    await startEngine({ backend: 'webgpu' });
    const lines: string[] = [];
    const resumed = await train(params, data, { checkpointDir: dir, onLog: (line) => lines.push(line) });
    expect(lines).toEqual(['goes on after step 2, from its checkpoint']);
    expect(resumed).toEqual(whole);
  });
});
