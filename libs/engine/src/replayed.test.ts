import * as tf from '@tensorflow/tfjs-core';
import { testedBackends } from './backends.fixture.js';
import { replayed, replayFlag } from './replayed.js';
import { startEngine } from './start.js';

interface Inputs {
  x: tf.Tensor4D;
  level: tf.Tensor1D;
}

const filter = () => tf.randomNormal<tf.Rank.R4>([3, 3, 4, 4], 0, 0.3, 'float32', 1);

/** A little of everything: a convolution, tfjs's own programs, parts joined by copies, constants from the host, a filter from outside. */
const workWith = (weights: tf.Tensor4D) => ({ x, level }: Inputs): tf.Tensor => tf.tidy(() => {
  const y = tf.mul(tf.conv2d(x, weights, 1, 'same'), tf.reshape(level, [-1, 1, 1, 1]));
  const z = tf.concat([tf.softmax(tf.reshape(y, [x.shape[0], -1])), tf.ones([1, y.size / x.shape[0]])], 0);
  return tf.mean(tf.add(z, tf.tensor1d([0.5])), 0);
});

const inputs = (step: number, images = 2): Inputs => ({ x: tf.randomNormal([images, 5, 6, 4], 0, 1, 'float32', step + 1), level: tf.tensor1d(Array.from({ length: images }, (_, i) => step + i / 7)) });

async function resultsOf(work: (given: Inputs) => tf.Tensor, batches: readonly Inputs[]): Promise<number[][]> {
  const results: number[][] = [];
  for (const batch of batches) {
    const y = work(batch);
    results.push([...await y.data()]);
    y.dispose();
  }
  return results;
}

describe.each(testedBackends())('replayed work on %s', (backend) => {
  beforeAll(async () => { await startEngine({ backend }); });

  it('gives the bytes of the work itself, whatever the numbers, and when the shapes change and change back', async () => {
    const weights = filter();
    const batches = [1, 2, 3, 4, 5].map((step) => inputs(step)).concat(inputs(6, 3), inputs(7, 3), inputs(8, 3), inputs(9), inputs(10));
    const work = replayed(workWith(weights));
    const before = tf.memory().numTensors;
    const replays = await resultsOf(work, batches);
    expect(tf.memory().numTensors).toBe(before);
    expect(replays).toEqual(await resultsOf(workWith(weights), batches));
    work.dispose();
    tf.dispose([weights, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('takes tensors that are on the device already, and several calls before any is read', async () => {
    const weights = filter();
    const work = replayed(workWith(weights));
    const batches = [1, 2, 3, 4].map((step) => tf.tidy(() => ({ ...inputs(step), x: tf.mul(inputs(step).x, 2) as tf.Tensor4D })));
    const results = batches.map((batch) => work(batch));
    const wanted = await resultsOf(workWith(weights), batches);
    expect(await Promise.all(results.map(async (y) => [...await y.data()]))).toEqual(wanted);
    work.dispose();
    tf.dispose([weights, ...results, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('runs each time where a number outside the inputs changes', async () => {
    let factor = 0;
    const work = replayed(({ x }: { x: tf.Tensor }) => tf.tidy(() => tf.mul(x, tf.scalar((factor += 1)))));
    const x = tf.tensor1d([1, 2]);
    const results: number[][] = [];
    for (let i = 0; i < 4; i += 1) {
      const y = work({ x });
      results.push([...await y.data()]);
      y.dispose();
    }
    // the work runs twice in the call that finds the difference
    const steps = results.map(([first]) => first!);
    expect(results).toEqual(steps.map((step) => [step, 2 * step]));
    expect(steps.every((step, i) => i === 0 || step > steps[i - 1]!)).toBe(true);
    work.dispose();
    x.dispose();
  });

  it('reads a tensor from outside where it is now', async () => {
    let weights = tf.tensor1d([1, 2]);
    const work = replayed(({ x }: { x: tf.Tensor }) => tf.mul(x, weights));
    const x = tf.tensor1d([3, 4]);
    for (const value of [1, 1, 1, 5, 5, 5]) {
      weights.dispose();
      weights = tf.tensor1d([value, 2]);
      const y = work({ x });
      expect([...await y.data()]).toEqual([3 * value, 8]);
      y.dispose();
    }
    work.dispose();
    tf.dispose([weights, x]);
  });

  it('throws what the work throws', () => {
    const work = replayed((): tf.Tensor => { throw new RangeError('no such level'); });
    expect(() => work({})).toThrow(RangeError);
    expect([...tf.tensor1d([1, 2]).dataSync()]).toEqual([1, 2]);
  });
});

(testedBackends().includes('webgpu') ? describe : describe.skip)('replayed work on webgpu', () => {
  beforeAll(async () => { await startEngine({ backend: 'webgpu' }); });

  it('runs its JavaScript twice for each shape, each time if replays are turned off', async () => {
    const weights = filter();
    const work = jest.fn(workWith(weights));
    const again = replayed(work);
    const batches = [1, 2, 3, 4, 5].map((step) => inputs(step));
    await resultsOf(again, batches);
    expect(work).toHaveBeenCalledTimes(2);
    tf.env().set(replayFlag, false);
    await resultsOf(again, batches);
    tf.env().set(replayFlag, true);
    expect(work).toHaveBeenCalledTimes(7);
    again.dispose();
    tf.dispose([weights, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('sums parts once at the end, to the same bytes as at once, also where something else reads a sum before', async () => {
    const norm = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor) => tf.engine().runKernel<tf.Tensor[]>('GroupNormSilu', { x, scale, bias } as tf.NamedTensorMap, { groups: 2, eps: 1e-5, silu: true })[0] as tf.Tensor;
    const work = ({ x, dy }: { x: tf.Tensor; dy: tf.Tensor }) => tf.tidy(() => {
      const [dx, dscale, dbias] = tf.grads(norm)([x, tf.linspace(0.5, 2, 4), tf.linspace(-1, 1, 4)], dy) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [, , again] = tf.grads(norm)([x, tf.linspace(1, 2, 4), tf.linspace(-1, 0, 4)], dy) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return tf.engine().runKernel<tf.Tensor>('Placed', { dx, dscale, dbias, doubled: tf.mul(again, 2), again } as tf.NamedTensorMap, { size: 384, starts: [128, 0, 64, 256, 320] });
    });
    const batches = [1, 2, 3, 4].map((seed) => ({ x: tf.randomNormal([2, 4, 4, 4], 0, 1, 'float32', seed), dy: tf.randomNormal([2, 4, 4, 4], 0, 1, 'float32', seed + 9) }));
    const results = async (given: (inputs: { x: tf.Tensor; dy: tf.Tensor }) => tf.Tensor) => Promise.all(batches.map(async (batch) => {
      const y = given(batch);
      const numbers = [...await y.data()];
      y.dispose();
      return numbers;
    }));
    const again = replayed(work);
    const replays = await results(again);
    expect(replays).toEqual(await results(work));
    expect(replays[3]!.slice(320, 324).map((value) => 2 * value)).toEqual(replays[3]!.slice(256, 260));
    again.dispose();
    tf.dispose(batches.flatMap((batch) => Object.values(batch)));
  });

  it('places the same sums in two vectors, among different others, to the same bytes', async () => {
    const norm = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor) => tf.engine().runKernel<tf.Tensor[]>('GroupNormSilu', { x, scale, bias } as tf.NamedTensorMap, { groups: 2, eps: 1e-5, silu: true })[0] as tf.Tensor;
    const work = ({ x }: { x: tf.Tensor }) => tf.tidy(() => {
      const [[, dscale, dbias], [, last, again]] = [1, 2].map((most) => tf.grads(norm)([x, tf.linspace(0.5, most, 4), tf.linspace(-1, most, 4)])) as [tf.Tensor[], tf.Tensor[]];
      const placed = (...tensors: (tf.Tensor | undefined)[]) => tf.engine().runKernel<tf.Tensor>('Placed', tensors as unknown as tf.NamedTensorMap, { size: 256, starts: [0, 64, 128, 192] });
      return tf.concat([placed(last, again), placed(dscale, dbias, last, again)]);
    });
    const batches = [1, 2, 3].map((seed) => ({ x: tf.randomNormal([2, 4, 4, 4], 0, 1, 'float32', seed) }));
    const again = replayed(work);
    for (const batch of batches) {
      const [y, wanted] = [again(batch), work(batch)];
      expect([...await y.data()]).toEqual([...await wanted.data()]);
      tf.dispose([y, wanted]);
    }
    again.dispose();
    tf.dispose(batches);
  });

  it('adds up shares of convolutions and of their gradients in the norms that read them, to the same bytes', async () => {
    const conv = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, biased: false };
    const norm = { groups: 4, eps: 1e-5, silu: true };
    const run = <T>(name: string, tensors: object, attrs: tf.NamedAttrMap) => tf.engine().runKernel(name, tensors as tf.NamedTensorMap, attrs) as T;
    const [first, second] = [1, 2].map((seed) => tf.randomNormal([3, 3, 32, 32], 0, 0.1, 'float32', seed));
    const loss = (x: tf.Tensor, v: tf.Tensor) => {
      const [scale, offset] = [tf.linspace(0.5, 2, 32), tf.linspace(-1, 1, 32)];
      const [y] = run<tf.Tensor[]>('ConvolveNorm', { x, filter: first, perImage: v, scale, offset }, { ...conv, ...norm, perImage: true });
      const z = run<tf.Tensor>('ConvolveSum', { x: y, filter: second, other: x }, conv);
      const [u, , same] = run<tf.Tensor[]>('GroupNormBeside', { x: z, scale, bias: offset }, norm);
      return tf.mean(tf.square(run<tf.Tensor>('ConvolveSum', { x: u, filter: second, other: same }, conv))) as tf.Scalar;
    };
    const work = ({ x, v }: { x: tf.Tensor; v: tf.Tensor }) => tf.tidy(() => {
      const { value, grads: [dx, dv] } = tf.valueAndGrads(loss)([x, v]);
      return tf.concat([tf.reshape(value, [1]), tf.reshape(dx!, [-1]), tf.reshape(dv!, [-1])]);
    });
    const programs = new Set<string>();
    const { device } = tf.backend() as unknown as { device: { createComputePipeline(descriptor: { label: string }): object } };
    const { createComputePipeline } = device;
    device.createComputePipeline = (descriptor) => {
      programs.add(descriptor.label);
      return createComputePipeline.call(device, descriptor);
    };
    const batches = [1, 2, 3].map((seed) => ({ x: tf.randomNormal([2, 2, 2, 32], 0, 1, 'float32', seed), v: tf.randomNormal([2, 32], 0, 1, 'float32', seed + 9) }));
    const again = replayed(work);
    const results = async (given: typeof work) => Promise.all(batches.map(async (batch) => {
      const y = given(batch);
      const numbers = [...await y.data()];
      y.dispose();
      return numbers;
    }));
    const replays = await results(again);
    device.createComputePipeline = createComputePipeline;
    expect([...programs]).toEqual(expect.arrayContaining(['group_norm_true_shares_perImage', 'group_norm_true_shares_other', expect.stringMatching(/^group_norm_gradients_true_true_0_/), expect.stringMatching(/^group_norm_gradients_true_true_1_/)]));
    expect(replays).toEqual(await results(work));
    again.dispose();
    tf.dispose([first, second, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('applies maps whose weights are tensors of their own or parts of a vector to the same bytes, each time or again', async () => {
    const shapes = [[8, 5], [5], [8, 3], [3]];
    const starts = [0, 64, 128, 192];
    const own = shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i + 1));
    const vector = tf.tidy(() => tf.concat(own.map((tensor) => tf.pad(tf.reshape(tensor, [-1]), [[0, 64 - tensor.size]]))));
    const run = (name: string, tensors: object, attrs: tf.NamedAttrMap = {}) => tf.engine().runKernel<tf.Tensor[]>(name, tensors as tf.NamedTensorMap, attrs);
    const weightsIn = { tensors: () => own, vector: () => run('Views', { x: vector }, { shapes, starts }) };
    const workOn = (weights: () => tf.Tensor[]) => ({ x }: { x: tf.Tensor }) => tf.tidy(() => {
      const loss = (...all: tf.Tensor[]) => tf.sum(tf.concat(run('AffineEach', all).map((y) => tf.square(y)), 1)) as tf.Scalar;
      const { value, grads } = tf.valueAndGrads(loss)([x, ...weights()]);
      return tf.concat([value, ...grads].map((tensor) => tf.reshape(tensor, [-1])));
    });
    const batches = [1, 2, 3].map((seed) => ({ x: tf.randomNormal([3, 8], 0, 1, 'float32', seed) }));
    const results = async (work: ReturnType<typeof workOn>) => Promise.all(batches.map(async (batch) => {
      const y = work(batch);
      const numbers = [...await y.data()];
      y.dispose();
      return numbers;
    }));
    const wanted = await results(workOn(weightsIn.tensors));
    expect(await results(workOn(weightsIn.vector))).toEqual(wanted);
    for (const weights of Object.values(weightsIn)) {
      const again = replayed(workOn(weights));
      expect(await results(again)).toEqual(wanted);
      again.dispose();
    }
    tf.dispose([own, vector, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('leaves the work to tf.profile, which times its kernels, whether it was recorded before or not', async () => {
    const weights = filter();
    const batches = [1, 2, 3].map((step) => inputs(step));
    const wanted = await resultsOf(workWith(weights), batches);
    for (const recordedBefore of [false, true]) {
      const work = replayed(workWith(weights));
      if (recordedBefore) await resultsOf(work, batches);
      const results: number[][] = [];
      const { kernels } = await tf.profile(async () => {
        results.push(...await resultsOf(work, batches));
        return [] as tf.Tensor[];
      });
      expect(results).toEqual(wanted);
      expect(kernels.filter(({ name }) => name === 'Conv2D')).toHaveLength(batches.length);
      work.dispose();
    }
    tf.dispose([weights, ...batches.flatMap((batch) => Object.values(batch))]);
  });

  it('creates no buffers and keeps the same bytes on the GPU over many calls', async () => {
    const weights = filter();
    const work = replayed(workWith(weights));
    const { device } = tf.backend() as unknown as { device: { createBuffer(descriptor: object): object } };
    const batches = [1, 2, 3].map((step) => inputs(step));
    await resultsOf(work, batches);
    const created = jest.spyOn(device, 'createBuffer');
    const held = tf.memory();
    for (let i = 0; i < 100; i += 1) await resultsOf(work, batches);
    expect(created).not.toHaveBeenCalled();
    expect(tf.memory()).toEqual(held);
    created.mockRestore();
    work.dispose();
    tf.dispose([weights, ...batches.flatMap((batch) => Object.values(batch))]);
  });
});
