import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { matrixProductRate, parameterCount, timeDenoising, timeTraining, workloadParams } from './throughput.js';

const workload = { network: 'tiny', batch: 2, resolution: 16 } as const;

beforeAll(() => startEngine({ backend: 'simd' }));

test('a workload trains on the images requested, in its batch, with its network', () => {
  expect(workloadParams({ ...workload, network: 'base' }, 640)).toMatchObject({ images: 640, batch: 2, network: { channels: [32, 64, 128], blocks: 2 }, dataset: { resolution: 16 } });
});

test.each([['base', 2_663_201], ['large', 10_715_041]] as const)('the %s network has %d parameters', (network, count) => {
  expect(parameterCount({ ...workload, network })).toBe(count);
});

test.each([['training', timeTraining], ['denoising', timeDenoising]] as const)('%s is timed step by step, without its warm-up and without leaving tensors', async (_, time) => {
  const before = tf.memory().numTensors;
  const times = await time(workload, { warmUp: 1, steps: 3 });
  expect(times).toHaveLength(3);
  for (const { wall, cpu } of times) {
    expect(wall).toBeGreaterThan(0);
    expect(cpu).toBeGreaterThan(0);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('the rate of the matrix product is within what a processor can do', async () => {
  const rate = await matrixProductRate(1024, 1);
  expect(rate).toBeGreaterThan(0.01);
  expect(rate).toBeLessThan(1e5);
});
