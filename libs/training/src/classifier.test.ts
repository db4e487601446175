import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { standardExtractors } from '@elucidate/experiment/extractors';
import { featureCount } from './classifier.js';
import { testDataset } from './dataset.fixture.js';
import { readIdxSet, type Split } from './datasets/idx-sets.js';
import { halve } from './datasets/resolutions.js';
import { standardExtractorFile } from './feature-extractor.js';
import { accuracyOf, features } from './features.js';
import { sliceImages } from './images.js';
import { trainClassifier } from './train-classifier.js';
import { readWeights } from './weights-file.js';

beforeAll(() => startEngine({ backend: 'wasm' }));

const fashionMnist = async (split: Split) => readIdxSet(await testDataset(), { name: 'fashion-mnist', split, resolution: 32 });

describe('the standard extractor of Fashion-MNIST', () => {
  it('is the file whose hash the planner names, at most a megabyte', async () => {
    const bytes = await readFile(standardExtractorFile);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(standardExtractors['fashion-mnist'].weights);
    expect((await stat(standardExtractorFile)).size).toBeLessThanOrEqual(1_000_000);
  });

  it('classifies the whole test split as well as stated, and at least 92 in 100', async () => {
    const test = await fashionMnist('test');
    const accuracy = await accuracyOf(await readWeights(standardExtractorFile, 'weights'), test);
    expect(accuracy).toBeGreaterThanOrEqual(0.92);
    // the last digits of a logit differ between engines, which may flip the class of an image or two
    expect(Math.abs(accuracy - standardExtractors['fashion-mnist'].accuracy!)).toBeLessThanOrEqual(3e-4);
  });

  it('gives an image the same features in any batch, and 64 features at either size', async () => {
    const extractor = { kind: 'classifier', weights: await readWeights(standardExtractorFile, 'weights') } as const;
    const images = await fashionMnist('test');
    const few = sliceImages(images, 0, 9);
    const together = await features(extractor, few);
    const apart = await features(extractor, few, { batch: 2 });
    expect(together).toMatchObject({ n: 9, d: featureCount, values: { length: 9 * featureCount } });
    together.values.forEach((value, i) => expect(apart.values[i]).toBeCloseTo(value, 4));
    const small = await features(extractor, halve(few));
    expect(small).toMatchObject({ n: 9, d: featureCount });
    expect(small.values.every(Number.isFinite)).toBe(true);
  });
});

describe('trainClassifier', () => {
  it('continues after a stop as if it had not been stopped, and lowers its loss', async () => {
    const some = sliceImages(await fashionMnist('train'), 0, 200);
    const losses: number[] = [];
    const plan = { seed: 1, epochs: 3 };
    const whole = await trainClassifier(some, plan, { onProgress: ({ values }) => { losses.push(values!['loss']!); } });
    const checkpointDir = await mkdtemp(path.join(tmpdir(), 'elucidate-classifier-'));
    const stop = new AbortController();
    const stopped = trainClassifier(some, plan, { checkpointDir, signal: stop.signal, onProgress: ({ values }) => { if (values!['step'] === 3) stop.abort(); } });
    await expect(stopped).rejects.toMatchObject({ code: 'stage.interrupted' });
    const before = tf.memory().numTensors;
    expect(await trainClassifier(some, plan, { checkpointDir })).toEqual(whole);
    await rm(checkpointDir, { recursive: true });
    expect(tf.memory().numTensors).toBe(before);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });
});
