import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { cases } from './cases.fixture.js';
import { expectConforms } from './check.fixture.js';
import { compileKernels, instantiateKernels } from './simd/kernels.js';
import { SimdMemory } from './simd/memory.js';
import type { SimdBackend } from './simd/simd-backend.js';
import { Threads } from './simd/threads.js';
import { startEngine } from './start.js';

const backend = () => tf.backend() as SimdBackend;

/** Starts simd on the given number of threads, and makes it split all work that can be split. */
async function startShared(threads: number): Promise<void> {
  const engine = await startEngine({ backend: 'simd', threads });
  expect(engine.threads).toBe(threads);
  backend().smallestShare = 1;
}

afterAll(async () => {
  backend().smallestShare = 25_000;
  await startEngine({ backend: 'simd' });
});

describe('simd on two threads', () => {
  beforeAll(() => startShared(2));

  test.each(cases)('$title agrees with float64 loops, forward and gradient', expectConforms);
});

/** One op on numbers drawn from a seed, and its gradients. */
interface Sized {
  title: string;
  shapes: number[][];
  op: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const conv = (x: tf.Tensor, filter: tf.Tensor, stride = 1) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same');
const norm = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor) =>
  tf.engine().runKernel<tf.Tensor[]>('GroupNormSilu', { x, scale, bias }, { groups: 4, eps: 1e-5, silu: true })[0] as tf.Tensor;

const sized: Sized[] = [
  { title: 'a convolution', shapes: [[5, 13, 11, 12], [3, 3, 12, 20]], op: (x, filter) => conv(x, filter) },
  { title: 'a convolution of many channels', shapes: [[3, 8, 8, 68], [3, 3, 68, 40]], op: (x, filter) => conv(x, filter) },
  { title: 'a convolution by tiles', shapes: [[5, 13, 11, 16], [3, 3, 16, 24]], op: (x, filter) => conv(x, filter) },
  { title: 'a convolution of many channels by tiles', shapes: [[3, 8, 8, 136], [3, 3, 136, 40]], op: (x, filter) => conv(x, filter) },
  { title: 'a convolution of stride 2', shapes: [[4, 14, 10, 9], [3, 3, 9, 17]], op: (x, filter) => conv(x, filter, 2) },
  { title: 'a convolution to one channel', shapes: [[4, 20, 20, 16], [3, 3, 16, 1]], op: (x, filter) => conv(x, filter) },
  { title: 'a product of matrices', shapes: [[67, 33], [33, 29]], op: (a, b) => tf.matMul(a, b) },
  { title: 'products of transposed matrices', shapes: [[5, 30, 18], [5, 22, 30]], op: (a, b) => tf.matMul(a, b, true, true) },
  { title: 'group norm and SiLU', shapes: [[7, 9, 9, 24], [24], [24]], op: norm },
  { title: 'sums with a bias', shapes: [[6, 9, 9, 10], [10]], op: (x, bias) => tf.add(tf.mul(x, x), bias) },
  { title: 'sums of numbers in a row', shapes: [[4099], [4099]], op: (a, b) => tf.add(tf.square(a), tf.sigmoid(b)) },
  { title: 'joins and splits', shapes: [[6, 5, 5, 7], [6, 5, 5, 6]], op: (a, b) => tf.concat([...tf.split(tf.concat([a, b], 3), [4, 9], 3)].reverse(), 3) },
  { title: 'a transposition', shapes: [[6, 17, 23]], op: (x) => tf.transpose(x, [0, 2, 1]) },
  { title: 'softmax', shapes: [[5, 9, 13]], op: (x) => tf.softmax(x) },
  { title: 'clipping', shapes: [[1003]], op: (x) => tf.clipByValue(x, -0.5, 0.5) },
  { title: 'bilinear resizing', shapes: [[5, 8, 8, 3]], op: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [13, 13]) },
  { title: 'upsampling', shapes: [[5, 6, 7, 9]], op: (x) => tf.engine().runKernel<tf.Tensor>('Upsample2x', { x }) },
];

/** The op's result and gradients as bytes. */
function bytesOf({ shapes, op }: Sized): string {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', 11 + i));
    const y = op(...inputs);
    const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 7);
    return [y, ...tf.grads((...at) => op(...at))(inputs, dy)].map((t) => Buffer.from((t.dataSync() as Float32Array).buffer).toString('base64')).join(' ');
  });
}

describe('the bytes', () => {
  let alone: string[];
  beforeAll(async () => {
    await startShared(1);
    alone = sized.map(bytesOf);
  });

  describe.each([2, 3])('on %d threads', (threads) => {
    beforeAll(() => startShared(threads));

    test.each(sized.map((question, i) => [question.title, question, i] as const))('of %s are those of one thread', (_, question, i) => {
      expect(bytesOf(question)).toBe(alone[i]);
    });
  });
});

describe('a lost thread', () => {
  const { module } = compileKernels('simd');

  async function twoThreads() {
    const { memory } = new SimdMemory();
    const threads = await Threads.start({ module, memory, count: 2, patienceMs: 200 });
    const [worker] = (threads as unknown as { workers: Worker[] }).workers;
    return { threads, worker: worker as Worker, kernels: instantiateKernels(module, memory) };
  }

  const zeros = { kernel: 'unary', args: [1, 65536, 65536], items: 1024, size: 64 } as const;
  /** Nothing, copied a thousand million times over a share, which takes seconds. */
  const nothing = { kernel: 'copyRows', args: [65536, 65536, 0, 0, 0], items: 2 ** 31 - 2, size: 2 ** 30 - 1 } as const;

  it('that ended before a job is reported by an error', async () => {
    const { threads, worker, kernels } = await twoThreads();
    threads.run(kernels, zeros);
    const ended = once(worker, 'exit');
    await worker.terminate();
    await ended;
    expect(() => threads.run(kernels, zeros)).toThrow(expect.objectContaining({ code: 'engine.thread_lost', message: expect.stringContaining("Worker thread 1 of the simd engine's 2 threads is lost") }));
  });

  it('that stops responding during a job is reported by an error after a timeout', async () => {
    const { threads, worker, kernels } = await twoThreads();
    const nap = new Int32Array(new SharedArrayBuffer(4));
    // The main thread waits until the worker has begun its share.
    const waiting = { ...kernels, copyRows: () => { Atomics.wait(nap, 0, 0, 500); } };
    expect(() => threads.run(waiting, nothing)).toThrow(
      expect.objectContaining({ code: 'engine.thread_lost', message: expect.stringMatching(/^Worker thread 1 .*no share done for 0\.2 s/) }));
    await worker.terminate();
  });

  it('that is the main one, because a kernel failed, ends the use of threads', async () => {
    const { threads, worker, kernels } = await twoThreads();
    // Two shares, seconds each: the worker cannot take both before the main thread has one to fail at.
    expect(() => threads.run({ ...kernels, copyRows: () => { throw new Error('out of bounds'); } }, nothing)).toThrow('out of bounds');
    expect(() => threads.run(kernels, zeros)).toThrow(expect.objectContaining({ code: 'engine.thread_lost', message: expect.stringMatching(/^The main thread .*a kernel failed there, Error: out of bounds/) }));
    await worker.terminate();
  });

  it('that failed in a job is reported by an error with its cause', async () => {
    const { threads, kernels } = await twoThreads();
    // Beyond the memory's end for thread 1 only: its scratch is one GiB above the main thread's.
    const product = { kernel: 'multiply', args: [65536, 65536, 131072, 4096, 8, 8, 0, 0, 8, 1, 8, 1, 65536 * 8, 2 ** 30], items: 1024, size: 1 } as const;
    const many = () => { for (let i = 0; i < 200; i++) threads.run(kernels, product); };
    expect(many).toThrow(expect.objectContaining({ code: 'engine.thread_lost', message: expect.stringMatching(/Worker thread 1 .*memory access out of bounds/) }));
    await threads.stop();
  });
});
