import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { type StageParams, stageParams } from '@elucidate/experiment/stages';
import type { HostWeights } from './host-weights.js';
import { train } from './loop.js';
import { sampleImages } from './sample.js';
import { someImages, tinyTraining } from './training.fixture.js';

const training = tinyTraining({ images: 400, batch: 16, learningRate: 5e-3 });
const sampling = (changes: object = {}): StageParams<'sample'> =>
  stageParams.sample.parse({ sampler: { kind: 'ddim' }, steps: 5, grid: { kind: 'uniform-t' }, clampX0: true, samples: 7, seed: 3, ...changes });
let ema: HostWeights;

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  ({ ema } = await train(training, await someImages('train', 400)));
});

const largestDifference = (a: Uint8Array, b: Uint8Array) => a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

describe('sampleImages', () => {
  it.each([{ kind: 'ddpm' }, { kind: 'ddim', eta: 0.5 }, { kind: 'euler' }, { kind: 'heun' }])('with $kind gives the same images whatever the batch', async (sampler) => {
    const together = await sampleImages(ema, training, sampling({ sampler }), { batch: 7 });
    const apart = await sampleImages(ema, training, sampling({ sampler }), { batch: 2 });
    expect([together.count, together.size, together.data.length]).toEqual([7, 16, 7 * 256]);
    // a sum taken in another order may round a pixel the other way
    expect(largestDifference(together.data, apart.data)).toBeLessThanOrEqual(1);
    expect(apart.nfe).toBe(together.nfe);
  });

  it('gives an image that depends on its seed and not on how many are asked for', async () => {
    const many = await sampleImages(ema, training, sampling());
    const few = await sampleImages(ema, training, sampling({ samples: 3 }));
    const other = await sampleImages(ema, training, sampling({ samples: 3, seed: 4 }));
    expect(largestDifference(few.data, many.data.subarray(0, 3 * 256))).toBeLessThanOrEqual(1);
    expect(largestDifference(few.data, other.data)).toBeGreaterThan(20);
    expect(largestDifference(many.data.subarray(0, 256), many.data.subarray(256, 512))).toBeGreaterThan(20);
  });

  it.each([[{ kind: 'ddim' }, 5], [{ kind: 'ddpm' }, 5], [{ kind: 'euler' }, 5], [{ kind: 'heun' }, 9]])('counts what %j asks of the denoiser: %i calls for 5 steps', async (sampler, nfe) => {
    expect((await sampleImages(ema, training, sampling({ sampler, samples: 2 }))).nfe).toBe(nfe);
  });

  it('walks EDM\'s levels as well as the schedule\'s', async () => {
    const edm = await sampleImages(ema, training, sampling({ grid: { kind: 'karras' }, samples: 2 }));
    expect(Math.max(...edm.data)).toBeGreaterThan(Math.min(...edm.data));
  });

  it('leaves no tensor behind, neither at its end nor when it is stopped', async () => {
    const before = tf.memory().numTensors;
    await sampleImages(ema, training, sampling());
    const stop = new AbortController();
    const stopped = sampleImages(ema, training, sampling(), { batch: 2, signal: stop.signal, onProgress: ({ fraction }) => { if (fraction > 0.4) stop.abort(); } });
    await expect(stopped).rejects.toMatchObject({ code: 'stage.interrupted' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to pass off what is no number as black pixels', async () => {
    const broken = { ...ema, 'leave.bias': { shape: [1], data: Float32Array.of(NaN) } };
    expect(Object.keys(ema)).toContain('leave.bias');
    await expect(sampleImages(broken, training, sampling({ clampX0: false }))).rejects.toMatchObject({ code: 'stage.diverged' });
  });
});
