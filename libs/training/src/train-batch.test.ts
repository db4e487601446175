import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { noiseLevels } from '@elucidate/diffusion/noise-distributions';
import { scheduleOf } from '@elucidate/diffusion/schedules';
import { trainBatch } from './train-batch.js';

const classes = ['a', 'b', 'c'];
const count = 1000;
/** Image i is one pixel of value i, its class i mod 3. */
const images = { count, size: 1, channels: 1, data: Float32Array.from({ length: count }, (_, i) => i), labels: { classes, of: Uint16Array.from({ length: count }, (_, i) => i % 3) } };
const levels = noiseLevels({ kind: 'schedule' }, { schedule: scheduleOf({ kind: 'linear', clipMin: 1e-9 }), b: 1 });
const order = Uint32Array.from({ length: count }, (_, i) => (i * 7) % count);
beforeAll(() => startEngine({ backend: 'cpu' }));

const request = { images, orderOf: () => order, levels, range: 1, seed: 3, batch: 100, count: 100, step: 4 };

describe('a training batch', () => {
  it('has the classes of its images, each dropped with the given probability', async () => {
    let [without, of] = [0, 0];
    for (let step = 0; step < 40; step += 1) {
      const { x0, eps, label } = trainBatch({ ...request, step, labelDropout: 0.2 });
      const [pixels, rows] = [[...(await x0.data())], (await label!.array()) as number[][]];
      rows.forEach((row, i) => {
        const sum = row.reduce((a, b) => a + b, 0);
        if (sum > 0) expect(row[pixels[i]! % 3]).toBe(1);
        expect([0, 1]).toContain(sum);
        without += 1 - sum;
        of += 1;
      });
      tf.dispose([x0, eps, label!]);
    }
    // four standard errors
    expect(Math.abs(without / of - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / of));
  });

  it('has the same images, levels and noise whether or not the network is given classes', async () => {
    const read = async ({ x0, eps, label, sigmas }: ReturnType<typeof trainBatch>) => {
      const values = { x0: [...(await x0.data())], eps: [...(await eps.data())], sigmas };
      tf.dispose([x0, eps, label ?? []]);
      return values;
    };
    const before = tf.memory().numTensors;
    const [plain, given] = [await read(trainBatch(request)), await read(trainBatch({ ...request, labelDropout: 0.5 }))];
    expect(given).toEqual(plain);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives each image other noise of the same batch where noise is assigned, and leaves images, levels and classes; the same on every engine', async () => {
    const tiles = { ...images, size: 4, data: Float32Array.from({ length: count * 16 }, (_, i) => Math.sin(i)) };
    const read = async (pairing: 'independent' | 'immiscible') => {
      const { x0, eps, label, sigmas } = trainBatch({ ...request, images: tiles, count: 12, labelDropout: 0.5, pairing });
      const values = { x0: await x0.array(), eps: (await eps.array()).map(String), label: await label!.array(), sigmas };
      tf.dispose([x0, eps, label!]);
      return values;
    };
    const before = tf.memory().numTensors;
    const [plain, paired] = [await read('independent'), await read('immiscible')];
    expect(paired).toEqual({ ...plain, eps: expect.anything() as unknown });
    expect(paired.eps).not.toEqual(plain.eps);
    expect([...paired.eps].sort()).toEqual([...plain.eps].sort());
    expect(tf.memory().numTensors).toBe(before);
    await startEngine({ backend: 'simd' });
    expect(await read('immiscible')).toEqual(paired);
    await startEngine({ backend: 'cpu' });
  });

  it('drops none of the classes at probability 0 and all at 1', () => tf.tidy(() => {
    const sum = (labelDropout: number) => tf.sum(trainBatch({ ...request, labelDropout }).label!).dataSync()[0];
    expect([sum(0), sum(1)]).toEqual([100, 0]);
  }));
});
