import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { nativeMissing } from './backends.fixture.js';
import { benchNet, benchStep } from './bench-net.js';
import { expectConforms } from './check.fixture.js';
import { namingFailures } from './native/register.js';
import { ownKernels } from './own-kernels.fixture.js';
import { fallbackCounts, resetCounts } from './profile.js';
import { startEngine } from './start.js';

/** sha256 of all weights after a few seeded steps on 16x16 images, large enough that every kernel is split. */
function trained(steps: number): string {
  const net = benchNet(3);
  const optimizer = tf.train.adam(1e-3);
  const x: tf.Tensor4D = tf.randomNormal([12, 16, 16, 1], 0, 1, 'float32', 5);
  for (let i = 0; i < steps; i++) benchStep(net, optimizer, [x, x]);
  const hash = createHash('sha256');
  for (const param of Object.values(net.params)) hash.update(new Uint8Array(param.dataSync().slice().buffer));
  optimizer.dispose();
  tf.dispose([x, net.params]);
  return hash.digest('hex');
}

(nativeMissing ? describe.skip : describe)(nativeMissing ? `native: ${nativeMissing}` : 'native', () => {
  beforeAll(() => startEngine({ backend: 'native' }));
  afterAll(() => startEngine({ backend: 'cpu' }));

  test.each(ownKernels)('$title agrees with float64 loops, forward and gradient', expectConforms);

  it('trains to the same bytes at one, two and three threads', async () => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3]) {
      expect((await startEngine({ backend: 'native', threads })).threads).toBe(threads);
      hashes.push(trained(3));
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('runs nothing of a training step in JavaScript except creating constants', () => {
    resetCounts();
    trained(2);
    expect(Object.keys(fallbackCounts()).filter((name) => name !== 'Fill' && name !== 'ZerosLike')).toEqual([]);
  });

  it('names the kernel that failed and its shapes', () => {
    const call = () => tf.engine().runKernel('GroupNormSilu', { x: tf.zeros([1, 2, 2, 8]), scale: tf.zeros([8]), bias: tf.zeros([8]) }, { groups: 3, eps: 1e-5, silu: true });
    expect(() => tf.tidy(call)).toThrow(
      "The native engine's kernel GroupNormSilu failed on x [1, 2, 2, 8], scale [8], bias [8]: groupNormSilu: 3 groups do not divide 8 channels",
    );
  });
});

describe('an error of a kernel', () => {
  const x = { dataId: {}, shape: [2, 3], dtype: 'float32' as const };
  /** What comes out of the kernel Add when this comes out of the addon. */
  function passedOn(thrown: Error): unknown {
    const kernel = namingFailures({ kernelName: 'Add', backendName: 'native', kernelFunc: () => { throw thrown; } });
    try {
      return kernel({ inputs: { a: x, b: x }, backend: {}, attrs: {} });
    } catch (error) {
      return error;
    }
  }

  it('when out of memory is engine.out_of_memory, with kernel, shapes and remedy', () => {
    expect(passedOn(Object.assign(new Error('binary: out of memory'), { code: 'ERR_ENGINE_NATIVE_MEMORY' }))).toMatchObject({
      code: 'engine.out_of_memory', message: "The native engine's kernel Add failed on a [2, 3], b [2, 3]: binary: out of memory; use a smaller batch or network, or fewer slots",
    });
  });

  it('that is not from the addon is rethrown unchanged', () => {
    const error = new TypeError('of someone else');
    expect(passedOn(error)).toBe(error);
  });
});
