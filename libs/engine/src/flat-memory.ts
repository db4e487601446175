import * as tf from '@tensorflow/tfjs-core';
import { benchNet, benchStep } from './bench-net.js';
import type { SimdBackend } from './simd/simd-backend.js';
import { type EngineRequest, startEngine } from './start.js';

const warmUp = 200;

/** Tensors, WebAssembly bytes where the backend has them, and resident bytes. */
function memoryNow(): { tensors: number; heap: number; resident: number } {
  const { heap } = tf.backend() as Partial<SimdBackend>;
  return { tensors: tf.memory().numTensors, heap: heap?.heldBytes ?? 0, resident: process.memoryUsage.rss() };
}

/** Trains a tiny network and reports its memory use along the way; resolves to whether tensors and WebAssembly memory stayed constant after the first steps. */
export async function flatMemory({ steps, ...request }: EngineRequest & { steps: number }, say: (line: string) => void): Promise<boolean> {
  say((await startEngine(request)).line);
  const net = benchNet(1);
  const optimizer = tf.train.adam(1e-3);
  let before = memoryNow();
  for (let step = 1; step <= steps; step++) {
    const x: tf.Tensor4D = tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', step);
    benchStep(net, optimizer, [x, x]);
    x.dispose();
    if (step === warmUp) before = memoryNow();
    if (step === warmUp || step % 1000 === 0 || step === steps) {
      const { tensors, heap, resident } = memoryNow();
      say(`step ${step}: ${tensors} tensors, ${(heap / 2 ** 20).toFixed(2)} MiB of WebAssembly memory, ${(resident / 2 ** 20).toFixed(0)} MiB resident`);
    }
  }
  const after = memoryNow();
  const flat = after.tensors === before.tensors && after.heap === before.heap;
  if (!flat) say(`Not constant after step ${warmUp}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  return flat;
}
