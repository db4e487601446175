/** Trains a tiny network for many steps and prints its memory use along the way: tensors, WebAssembly memory and resident memory should stay constant. */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './backend.js';
import { benchNet, benchStep } from './bench-net.js';
import type { SimdBackend } from './simd/simd-backend.js';
import { startEngine } from './start.js';

const warmUp = 200;

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, backend: { type: 'string', default: 'simd' }, threads: { type: 'string', default: '1' } },
});
const steps = Number(values.steps);
const { line } = await startEngine({ backend: values.backend as BackendName, threads: Number(values.threads) });
console.log(line);

const net = benchNet(1);
const optimizer = tf.train.adam(1e-3);

/** Tensors, WebAssembly bytes where the backend has them, and resident bytes. */
function held(): { tensors: number; heap: number; resident: number } {
  const { heap } = tf.backend() as Partial<SimdBackend>;
  return { tensors: tf.memory().numTensors, heap: heap?.heldBytes ?? 0, resident: process.memoryUsage.rss() };
}

let before = held();
for (let step = 1; step <= steps; step++) {
  const x: tf.Tensor4D = tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', step);
  benchStep(net, optimizer, [x, x]);
  x.dispose();
  if (step === warmUp) before = held();
  if (step === warmUp || step % 1000 === 0 || step === steps) {
    const { tensors, heap, resident } = held();
    console.log(`step ${step}: ${tensors} tensors, ${(heap / 2 ** 20).toFixed(2)} MiB of WebAssembly memory, ${(resident / 2 ** 20).toFixed(0)} MiB resident`);
  }
}

const after = held();
if (after.tensors !== before.tensors || after.heap !== before.heap) {
  console.error(`Not flat after step ${warmUp}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  process.exitCode = 1;
}
