import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import type { StageProgress } from '@elucidate/experiment/execution';
import type { HostWeights } from './host-weights.js';
import { train } from './loop.js';
import { tinyTraining, trainingData } from './training.fixture.js';

let data: Awaited<ReturnType<typeof trainingData>>;
let dir: string;

beforeAll(async () => {
  await startEngine({ backend: 'simd' });
  data = await trainingData(2000);
});
beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), 'elucidate-train-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('train', () => {
  it('resumed after 20 of 40 steps ends with the same weights, averages and losses, bit for bit', async () => {
    const params = tinyTraining();
    const whole = await train(params, data);
    const stop = new AbortController();
    const reported: number[] = [];
    const onProgress = ({ values }: StageProgress) => { if (reported.push(values!['step']!) === 20) stop.abort(); };
    const half = train(params, data, { checkpointDir: dir, signal: stop.signal, onProgress });
    await expect(half).rejects.toMatchObject({ code: 'stage.interrupted' });
    const lines: string[] = [];
    const resumed = await train(params, data, { checkpointDir: dir, onProgress, onLog: (line) => lines.push(line) });
    expect(reported).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(lines).toEqual(['goes on after step 20, from its checkpoint']);
    expect(whole.losses).toHaveLength(40);
    expect(resumed).toEqual(whole);
    expect(Object.keys(resumed.weights)).toEqual(Object.keys(whole.weights));
  });

  it('trains the head of a learned loss weight beside the network, and resumes with both, bit for bit', async () => {
    const params = tinyTraining({ lossWeight: { kind: 'learned', channels: 8 }, images: 64 });
    const [whole, plain] = [await train(params, data), await train(tinyTraining({ lossWeight: { kind: 'edm' }, images: 8 }), data)];
    expect(Object.keys(whole.weights).filter((name) => !(name in plain.weights))).toEqual(['levelUncertainty']);
    expect([...whole.weights['levelUncertainty']!.data].every((value) => value !== 0)).toBe(true);
    // before the head has learned anything, it is the weight edm
    expect(whole.losses[0]).toBe(plain.losses[0]);
    const stop = new AbortController();
    const onProgress = ({ values }: StageProgress) => { if (values!['step'] === 3) stop.abort(); };
    await expect(train(params, data, { checkpointDir: dir, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'stage.interrupted' });
    expect(await train(params, data, { checkpointDir: dir })).toEqual(whole);
  });

  it('with noise assigned to images learns, ends with a smaller batch, and resumes bit for bit', async () => {
    const params = tinyTraining({ noisePairing: 'immiscible', images: 16 * 50 + 4, batch: 16, learningRate: 5e-3 });
    const [whole, plain] = [await train(params, data), await train({ ...params, noisePairing: undefined, images: 16 }, data)];
    expect(whole.losses).toHaveLength(51);
    expect(whole.losses[0]).not.toBe(plain.losses[0]);
    expect(whole.losses.slice(-10).reduce((sum, loss) => sum + loss / 10, 0)).toBeLessThan(whole.losses[0]! / 2);
    const stop = new AbortController();
    const onProgress = ({ values }: StageProgress) => { if (values!['step'] === 40) stop.abort(); };
    await expect(train(params, data, { checkpointDir: dir, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'stage.interrupted' });
    expect(await train(params, data, { checkpointDir: dir })).toEqual(whole);
  });

  it('goes on from the end of a shorter training and ends as from nothing, bit for bit; not from the end of another one', async () => {
    const params = tinyTraining({ images: 64, learningRatePlan: { kind: 'hold', warmUpImages: 20 } });
    const [shorter, other] = [path.join(dir, 'shorter'), path.join(dir, 'other')];
    await train({ ...params, images: 24 }, data, { end: shorter });
    await train({ ...params, images: 24, seed: 2 }, data, { end: other });
    const whole = await train(params, data);
    const seen: number[] = [];
    const lines: string[] = [];
    const hooks = { onStart: (steps: number) => seen.push(steps), onLog: (line: string) => lines.push(line) };
    expect(await train(params, data, { ...hooks, start: shorter })).toEqual(whole);
    expect([seen, lines]).toEqual([[3], ['goes on after step 3, where a shorter training ended']]);
    for (const start of [other, path.join(dir, 'missing')]) expect(await train(params, data, { ...hooks, start })).toEqual(whole);
    // whose learning rate depends on its length: no beginning of a longer one
    const cosine = { ...params, learningRatePlan: { kind: 'cosine', warmUpImages: 0, part: 1, end: 0 } as const };
    expect(await train(cosine, data, { ...hooks, start: shorter })).toEqual(await train(cosine, data));
    expect([seen, lines.filter((line) => line.startsWith('starts from nothing'))]).toEqual([[3], [expect.stringContaining('belongs to the training'), expect.stringContaining('ENOENT')]]);
  });

  it('gives the same numbers whether it writes checkpoints or not, and others for another seed', async () => {
    const params = tinyTraining({ images: 40 });
    const plain = await train(params, data);
    expect(await train(params, data, { checkpointDir: dir, checkpointEveryMs: 0 })).toEqual(plain);
    expect((await train({ ...params, seed: 2 }, data)).losses).not.toEqual(plain.losses);
  });

  it('gives the same numbers whether it shows previews or not; they are of the averaged weights, and one that fails is the last, not the end', async () => {
    const params = tinyTraining({ images: 40 });
    const plain = await train(params, data);
    const before = tf.memory().numTensors;
    let shown = 0;
    const preview = async (ema: HostWeights): Promise<void> => {
      expect(Object.keys(ema)).toEqual(Object.keys(plain.ema));
      expect(ema).not.toEqual(plain.ema);
      shown += 1;
      if (shown === 3) throw new Error('no room');
    };
    const lines: string[] = [];
    expect(await train(params, data, { preview, previewEveryMs: 0, onLog: (line) => lines.push(line) })).toEqual(plain);
    expect([shown, lines]).toEqual([3, ['no further previews: no room']]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('with no images returns the network as initialised', async () => {
    const none = await train(tinyTraining({ images: 0 }), data);
    expect(none.losses).toEqual([]);
    expect(none.ema).toEqual(none.weights);
    expect(await train(tinyTraining({ images: 0 }), data)).toEqual(none);
  });

  it('trains on exactly the number of images requested, the last batch smaller, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { losses } = await train(tinyTraining({ images: 20 }), data);
    expect(losses).toHaveLength(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops with stage.diverged when the loss is not a number', async () => {
    const diverging = train(tinyTraining({ learningRate: 1e30 }), data);
    await expect(diverging).rejects.toMatchObject({ code: 'stage.diverged', message: expect.stringContaining('learningRate') });
  });

  it('on Fashion-MNIST soon has a far lower loss than the best constant', async () => {
    const params = tinyTraining({ parameterisation: 'eps', images: 16 * 100, batch: 16, learningRate: 5e-3 });
    const { losses } = await train(params, data);
    const late = losses.slice(-20).reduce((sum, loss) => sum + loss / 20, 0);
    // eps has mean 0 and variance 1: the best constant, 0, has loss 1, and so does the initial network
    expect(losses[0]).toBeGreaterThan(0.9);
    expect(late).toBeLessThan(0.4);
  });
});
