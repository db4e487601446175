import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { groupNormBackward, groupNormForward } from './group-norm.fixture.js';
import type { GroupNormCase } from './group-norm.fixture.js';
import { randomStream } from './noise.js';
import { addPerImage, downsample2x, groupNormSilu, upsample2x } from './ops.js';

const shape = [2, 3, 2, 6] as const;

function random(name: number, dims: readonly number[]): Tensor {
  const stream = randomStream([99, name]);
  return tf.tensor(Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0.4 + stream.normal()), [...dims]);
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((x, y) => Math.max(x, y), 0);
};

const calls: string[] = [];
const arrays = (inputs: tf.NamedTensorInfoMap) => Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, tf.engine().readSync(info!.dataId) as Float32Array])) as Record<'x' | 'v' | 'scale' | 'bias' | 'dy' | 'stats', Float32Array>;
const caseOf = (inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): GroupNormCase => ({ shape: inputs['x']!.shape as [number, number, number, number], ...(attrs as unknown as Omit<GroupNormCase, 'shape'>) });

/** The kernels that ops.ts describes, in JavaScript, on the cpu backend. */
const kernels: tf.KernelConfig[] = [
  { kernelName: 'GroupNormSilu', backendName: 'cpu', kernelFunc: ({ inputs, attrs }) => {
    calls.push('GroupNormSilu');
    const given = caseOf(inputs, attrs);
    const { y, stats } = groupNormForward(arrays(inputs), given);
    return [tf.tensor(y, [...given.shape]), tf.tensor(stats, [given.shape[0], given.groups, 2])];
  } },
  { kernelName: 'GroupNormSiluGrad', backendName: 'cpu', kernelFunc: ({ inputs, attrs }) => {
    calls.push('GroupNormSiluGrad');
    const given = caseOf(inputs, attrs);
    const { dx, dscale, dbias } = groupNormBackward(arrays(inputs), given);
    return [tf.tensor(dx, [...given.shape]), tf.tensor(dscale), tf.tensor(dbias)];
  } },
  { kernelName: 'Upsample2x', backendName: 'cpu', kernelFunc: ({ inputs }) => {
    calls.push('Upsample2x');
    const [n, h, w, c] = inputs['x']!.shape as [number, number, number, number];
    const { x } = arrays(inputs);
    return tf.tensor(Float32Array.from({ length: 4 * x.length }, (_, i) => x[source(i, [n, h, w, c])]!), [n, 2 * h, 2 * w, c]);
  } },
  { kernelName: 'Upsample2xGrad', backendName: 'cpu', kernelFunc: ({ inputs }) => {
    calls.push('Upsample2xGrad');
    const [n, h, w, c] = inputs['dy']!.shape as [number, number, number, number];
    const { dy } = arrays(inputs);
    const dx = new Float32Array(dy.length / 4);
    dy.forEach((value, i) => { dx[source(i, [n, h / 2, w / 2, c])]! += value; });
    return tf.tensor(dx, [n, h / 2, w / 2, c]);
  } },
  { kernelName: 'AddPerImage', backendName: 'cpu', kernelFunc: ({ inputs }) => {
    calls.push('AddPerImage');
    const [, h, w, c] = inputs['x']!.shape as [number, number, number, number];
    const { x, v } = arrays(inputs);
    return tf.tensor(x.map((value, i) => value + v[Math.floor(i / (h * w * c)) * c + i % c]!), inputs['x']!.shape);
  } },
  { kernelName: 'SumPerImage', backendName: 'cpu', kernelFunc: ({ inputs }) => {
    calls.push('SumPerImage');
    const [n, h, w, c] = inputs['dy']!.shape as [number, number, number, number];
    const sums = new Float32Array(n * c);
    arrays(inputs).dy.forEach((value, i) => { sums[Math.floor(i / (h * w * c)) * c + i % c]! += value; });
    return tf.tensor(sums, [n, c]);
  } },
];

/** The index of the element of x [n,h,w,c] that is copied to element i of its upsampling. */
function source(i: number, [, h, w, c]: readonly [number, number, number, number]): number {
  const [channel, column, row] = [i % c, Math.floor(i / c) % (2 * w), Math.floor(i / (c * 2 * w)) % (2 * h)];
  return ((Math.floor(i / (4 * h * w * c)) * h + (row >> 1)) * w + (column >> 1)) * c + channel;
}

let before = 0;
beforeEach(() => {
  calls.length = 0;
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(['composed', 'fused'])('%s operations', (form) => {
  if (form === 'fused') {
    beforeAll(() => kernels.forEach((kernel) => tf.registerKernel(kernel)));
    afterAll(() => kernels.forEach(({ kernelName, backendName }) => tf.unregisterKernel(kernelName, backendName)));
  }

  it.each([
    { groups: 1, silu: true }, { groups: 3, silu: true }, { groups: 3, silu: false }, { groups: 6, silu: true },
  ])('group norm follows its formula, value and gradient: %p', ({ groups, silu }) => tf.tidy(() => {
    const [x, scale, bias, dy] = [random(1, shape), random(2, [6]), random(3, [6]), random(4, shape)] as [Tensor4D, Tensor1D, Tensor1D, Tensor4D];
    const operation = (...args: Tensor[]) => groupNormSilu(args[0] as Tensor4D, args[1] as Tensor1D, args[2] as Tensor1D, { groups, silu });
    const { value, grads } = tf.valueAndGrads(operation)([x, scale, bias], dy);
    const given: GroupNormCase = { shape, groups, eps: 1e-5, silu };
    const data = { x: x.dataSync(), scale: scale.dataSync(), bias: bias.dataSync() };
    const { y, stats } = groupNormForward(data, given);
    const backward = groupNormBackward({ ...data, dy: dy.dataSync(), stats }, given);
    expect(value.shape).toEqual([...shape]);
    // float32 sums of a few dozen terms of order one
    expect(largest(value.dataSync(), y)).toBeLessThan(5e-6);
    [backward.dx, backward.dscale, backward.dbias].forEach((expected, i) => expect(largest(grads[i]!.dataSync(), expected)).toBeLessThan(2e-5));
    expect(calls).toEqual(form === 'fused' ? ['GroupNormSilu', 'GroupNormSiluGrad'] : []);
  }));

  it('group norm includes SiLU and is invariant to shift and scale of a group', () => tf.tidy(() => {
    const x = random(5, shape) as Tensor4D;
    const plain: [Tensor1D, Tensor1D, { groups: number; eps: number }] = [tf.ones([6]), tf.zeros([6]), { groups: 2, eps: 0 }];
    expect(largest(groupNormSilu(tf.add(tf.mul(x, 5), 3), ...plain).dataSync(), groupNormSilu(x, ...plain).dataSync())).toBeLessThan(1e-5);
  }));

  it('upsampling repeats each pixel four times and sums its gradients, image by image', () => tf.tidy(() => {
    const x = random(6, [2, 2, 3, 2]) as Tensor4D;
    const dy = random(7, [2, 4, 6, 2]) as Tensor4D;
    const { value, grad } = tf.valueAndGrad((input) => upsample2x(input as Tensor4D))(x, dy);
    const [from, upstream] = [x.dataSync(), dy.dataSync()];
    expect(value.shape).toEqual([2, 4, 6, 2]);
    expect(Array.from(value.dataSync())).toEqual(Array.from({ length: 96 }, (_, i) => from[source(i, [2, 2, 3, 2])]!));
    const expected = new Float32Array(24);
    upstream.forEach((v, i) => { expected[source(i, [2, 2, 3, 2])]! += v; });
    expect(largest(grad.dataSync(), expected)).toBeLessThan(1e-6);
    expect(calls).toEqual(form === 'fused' ? ['Upsample2x', 'Upsample2xGrad'] : []);
  }));

  it('downsampling takes the mean of each four pixels and gives each a quarter of its gradient, image by image', () => tf.tidy(() => {
    const x = random(10, [2, 4, 6, 2]) as Tensor4D;
    const dy = random(11, [2, 2, 3, 2]) as Tensor4D;
    const { value, grad } = tf.valueAndGrad((input) => downsample2x(input as Tensor4D))(x, dy);
    const [from, upstream] = [x.dataSync(), dy.dataSync()];
    const expected = new Float32Array(24);
    from.forEach((v, i) => { expected[source(i, [2, 2, 3, 2])]! += v / 4; });
    expect(value.shape).toEqual([2, 2, 3, 2]);
    expect(largest(value.dataSync(), expected)).toBeLessThan(1e-6);
    expect(Array.from(grad.dataSync())).toEqual(Array.from({ length: 96 }, (_, i) => upstream[source(i, [2, 2, 3, 2])]! / 4));
    expect(calls).toEqual(form === 'fused' ? ['Upsample2xGrad', 'Upsample2x'] : []);
  }));

  it('one value per image and channel is added, and its gradient is summed over the pixels', () => tf.tidy(() => {
    const [x, v] = [random(8, shape) as Tensor4D, random(9, [2, 6]) as tf.Tensor2D];
    const { value, grads } = tf.valueAndGrads((a, b) => addPerImage(a as Tensor4D, b as tf.Tensor2D))([x, v], x);
    expect(largest(value.dataSync(), tf.add(x, tf.reshape(v, [2, 1, 1, 6])).dataSync())).toBeLessThan(1e-6);
    expect(largest(grads[0]!.dataSync(), x.dataSync())).toBe(0);
    expect(largest(grads[1]!.dataSync(), tf.sum(x, [1, 2]).dataSync())).toBeLessThan(1e-5);
    expect(calls).toEqual(form === 'fused' ? ['AddPerImage', 'SumPerImage'] : []);
  }));
});
