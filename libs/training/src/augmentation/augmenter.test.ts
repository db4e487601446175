import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { trainedDenoiser, trainingDesign } from '../build.js';
import { toTensors } from '../host-weights.js';
import { train } from '../loop.js';
import { tinyTraining, trainingData } from '../training.fixture.js';
import { augmenterOf } from './augmenter.js';
import { mirrored, type Picture } from './picture.js';

const picture: Picture = { pixels: Float32Array.from({ length: 4 * 4 * 3 }, (_, i) => i), size: 4, channels: 3 };

describe('mirrored', () => {
  it.each(['x', 'y'] as const)('twice along %s is the image itself, once moves each pixel across', (axis) => {
    const once = mirrored(picture, axis);
    expect(mirrored({ ...picture, pixels: once }, axis)).toEqual(picture.pixels);
    // the pixel in the upper left corner, all its channels
    expect(Array.from(once.slice(0, 3))).toEqual(Array.from(picture.pixels.slice(...(axis === 'x' ? [9, 12] : [36, 39]) as [number, number])));
  });
});

describe('flips', () => {
  const flips = augmenterOf({ kind: 'flips' }, 7)!;
  const mirror = mirrored(picture, 'x').join();

  it('mirror half the images, left and right, and leave the others', () => {
    const seen = Array.from({ length: 1000 }, (_, position) => flips(picture, position).pixels.join());
    expect(new Set(seen)).toEqual(new Set([picture.pixels.join(), mirror]));
    // four standard deviations
    expect(Math.abs(seen.filter((pixels) => pixels === mirror).length - 500)).toBeLessThan(4 * Math.sqrt(250));
  });

  it('depend on seed and position alone', () => {
    const signs = (seed: number) => Array.from({ length: 64 }, (_, position) => augmenterOf({ kind: 'flips' }, seed)!(picture, position).pixels[0]);
    expect(signs(7)).toEqual(signs(7));
    expect(signs(7)).not.toEqual(signs(8));
  });
});

describe('edm', () => {
  beforeAll(() => startEngine({ backend: 'simd' }));

  it('conditions the network in training, repeated bit for bit, and sampling does not need it', async () => {
    const params = tinyTraining({ images: 64, augmentation: { kind: 'edm', probability: 0.5 } });
    const data = await trainingData(200);
    const before = tf.memory().numTensors;
    const once = await train(params, data);
    expect(await train(params, data)).toEqual(once);
    expect(tf.memory().numTensors).toBe(before);
    const start = trainingDesign(params, 1).network!.init(params.seed);
    expect(Array.from(once.weights['embedding.augmentation']!.data)).not.toEqual(Array.from(start['embedding.augmentation']!.dataSync()));
    const tensors = toTensors(once.ema);
    const x0 = await trainedDenoiser({ params, sigmaData: 0.6, tensors })(tf.ones([1, 16, 16, 1]), 1);
    expect((await x0.data()).every(Number.isFinite)).toBe(true);
    tf.dispose([start, tensors, x0]);
  });
});

test('no augmentation is none', () => expect(augmenterOf({ kind: 'none' }, 1)).toBeUndefined());
