import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './backend.js';
import { testedBackends } from './backends.fixture.js';
import { benchLoss, benchNet, benchStep } from './bench-net.js';
import { startEngine } from './start.js';

const here = testedBackends().filter((name) => name !== 'cpu');

/** Noise and noise to be predicted from it; tfjs treats a seed of 0 as none. */
function batch(seed: number): [tf.Tensor4D, tf.Tensor4D] {
  return [tf.randomNormal([2, 8, 8, 1], 0, 1, 'float32', seed), tf.randomNormal([2, 8, 8, 1], 0, 1, 'float32', seed + 1)];
}

/** The loss and every parameter's gradient, as plain numbers. */
async function lossAndGradients(backend: BackendName): Promise<Record<string, Float32Array>> {
  await startEngine({ backend });
  const net = benchNet(1);
  const [x, wanted] = batch(5);
  const { value, grads } = tf.variableGrads(() => benchLoss(net, x, wanted), Object.values(net.params));
  const found: Record<string, Float32Array> = { loss: (await value.data()) as Float32Array };
  for (const [name, param] of Object.entries(net.params)) found[name] = (await grads[param.name]?.data()) as Float32Array;
  tf.dispose([value, grads, net.params, x, wanted]);
  return found;
}

/** sha256 of all weights after a few seeded steps. */
async function train(steps: number): Promise<string> {
  const net = benchNet(3);
  const optimizer = tf.train.adam(1e-3);
  for (let i = 0; i < steps; i++) {
    const data = batch(10 * i + 1);
    benchStep(net, optimizer, data);
    tf.dispose(data);
  }
  const hash = createHash('sha256');
  for (const param of Object.values(net.params)) hash.update(new Uint8Array(((await param.data()) as Float32Array).slice().buffer));
  optimizer.dispose();
  tf.dispose(net.params);
  return hash.digest('hex');
}

let wanted: Record<string, Float32Array>;

beforeAll(async () => {
  wanted = await lossAndGradients('cpu');
});

describe.each(here)('%s', (backend) => {
  it('computes the loss and the gradients of every parameter that the oracle computes', async () => {
    const got = await lossAndGradients(backend);
    for (const [name, want] of Object.entries(wanted)) {
      const size = Math.hypot(...want);
      const difference = Math.hypot(...want.map((x, i) => x - (got[name]?.[i] ?? NaN)));
      // Two float32 formulations of a net this deep differ by 1e-6; a wrong kernel by 1e-1.
      expect({ name, error: difference / size < 1e-5 }).toEqual({ name, error: true });
    }
  });

  it('gives the same bytes when a seeded run is repeated', async () => {
    await startEngine({ backend });
    expect(await train(4)).toBe(await train(4));
  });

  it('keeps the same number of tensors and bytes step after step', async () => {
    await startEngine({ backend });
    const net = benchNet(3);
    const optimizer = tf.train.adam(1e-3);
    const held = [];
    for (let i = 0; i < 6; i++) {
      const data = batch(i + 1);
      benchStep(net, optimizer, data);
      tf.dispose(data);
      held.push([tf.memory().numTensors, tf.memory().numDataBuffers, tf.memory().numBytes]);
    }
    expect(new Set(held.slice(1).map(String)).size).toBe(1);
    optimizer.dispose();
    tf.dispose(net.params);
  });
});
