import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { startEngine } from '@elucidate/engine/start';
import type { Augmentation } from '@elucidate/experiment/recipe-grammar';
import { batchNumbers, type NumbersRequest } from './batch-numbers.js';
import { batchSource } from './batch-source.js';
import { train, type TrainHooks } from './loop.js';
import { trainEstimator } from './train-estimator.js';
import { tinyEstimator, tinyTraining, trainingData } from './training.fixture.js';

beforeAll(() => startEngine({ backend: 'simd' }));

/** Three bright tiles of 8 x 8 and as many dark ones, in memory that may be given away. */
const requestOf = (step: number, changes: Partial<NumbersRequest> = {}): NumbersRequest => ({
  step, stream: [7, 4, step], images: { count: 6, size: 8, channels: 1, data: Uint8Array.from({ length: 6 * 64 }, (_, i) => (i * 37 + (i % 128 < 64 ? 99 : 0)) % 256) },
  range: 1, pairing: 'independent', augmentation: { shape: { kind: 'none' }, seed: 7, position: 6 * step }, masks: [], ...changes,
});
const augmented = (shape: Augmentation) => (step: number): Partial<NumbersRequest> => ({ augmentation: { shape, seed: 7, position: 6 * step } });

describe('batches made by a thread of their own', () => {
  it.each<[string, (step: number) => Partial<NumbersRequest>]>([
    ['images as they are', () => ({})],
    ['floats', () => ({ images: { count: 6, size: 8, channels: 1, data: Float32Array.from({ length: 6 * 64 }, (_, i) => Math.sin(i)) } })],
    ['flips', augmented({ kind: 'flips' })],
    ['augmented images and their labels', augmented({ kind: 'edm', probability: 0.5 })],
    ['noise assigned to images', () => ({ pairing: 'immiscible' })],
    ['masks of two blocks', (step) => ({ masks: ['down.0.0', 'middle'].map((block) => ({ fraction: 0.3, seed: 7, step, block, size: 96 })) })],
  ])('have the same numbers: %s', async (_, changes) => {
    const source = batchSource({ steps: 3, requestOf: (step) => requestOf(step, changes(step)), apart: true });
    try {
      for (const step of [0, 1, 2]) expect(await source.of(step)).toEqual(batchNumbers(requestOf(step, changes(step))));
    } finally {
      await source.end();
    }
  });

  it('are made one step ahead and no further, from whatever step on', async () => {
    const asked: number[] = [];
    const source = batchSource({ steps: 5, requestOf: (step) => { asked.push(step); return requestOf(step); }, apart: true });
    try {
      await source.of(2);
      expect(asked).toEqual([2, 3]);
      await source.of(3);
      await source.of(4);
      expect(asked).toEqual([2, 3, 4]);
    } finally {
      await source.end();
    }
  });

  it('name the step, the reason and what follows when the thread ends, and again for each later step', async () => {
    const unknown = { augmentation: { shape: { kind: 'unheard of' } as unknown as Augmentation, seed: 7, position: 0 } };
    const source = batchSource({ steps: 9, requestOf: (step) => requestOf(step, step === 1 ? unknown : {}), apart: true });
    const lost = (step: number) => ({ code: 'engine.thread_lost', message: expect.stringMatching(new RegExp(`^The thread that makes batches ended before that of step ${step}: .*not a function.* goes on from its checkpoint`)) as string, details: { step } });
    await source.of(0);
    await expect(source.of(1)).rejects.toMatchObject(lost(2));
    await expect(source.of(2)).rejects.toMatchObject(lost(3));
    await source.end();
  });

  it('are still given out when they were finished before the thread failed, though its error arrives first', async () => {
    const sent = jest.spyOn(Worker.prototype, 'postMessage');
    const source = batchSource({ steps: 2, requestOf: (step) => requestOf(step), apart: true });
    try {
      const first = source.of(0);
      (sent.mock.contexts[0] as Worker).emit('error', new Error('of a later batch'));
      expect(await first).toEqual(batchNumbers(requestOf(0)));
    } finally {
      sent.mockRestore();
      await source.end();
    }
  });

  it('train the same weights bit for bit, also resumed, and end with the training', async () => {
    const [data, dir, ended] = [await trainingData(200), await mkdtemp(path.join(tmpdir(), 'elucidate-apart-')), jest.spyOn(Worker.prototype, 'terminate')];
    const params = tinyTraining({ images: 44, dropout: 0.2, augmentation: { kind: 'edm', probability: 0.4 } });
    const apart: TrainHooks = { batchesApart: true };
    try {
      const whole = await train(params, data, { batchesApart: false });
      expect(await train(params, data, apart)).toEqual(whole);
      const stop = new AbortController();
      await expect(train(params, data, { ...apart, checkpointDir: dir, signal: stop.signal, onProgress: ({ values }) => { if (values!['step'] === 2) stop.abort(); } })).rejects.toMatchObject({ code: 'stage.interrupted' });
      expect(await train(params, data, { ...apart, checkpointDir: dir })).toEqual(whole);
      expect(await trainEstimator(tinyEstimator({ images: 32 }), data.images, apart)).toEqual(await trainEstimator(tinyEstimator({ images: 32 }), data.images));
      // a whole run, an interrupted one's two parts, and the estimator's
      expect(await Promise.all(ended.mock.results.map(({ value }) => value as Promise<number>))).toHaveLength(4);
    } finally {
      ended.mockRestore();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
