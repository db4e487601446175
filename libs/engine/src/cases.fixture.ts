import * as tf from '@tensorflow/tfjs-core';
import { broadcast, convolutionShape, convolve, convolveBackward, gather, multiplyMatrices, sumOver } from './loops.fixture.js';
import type { Convolution, Padding, Product, Shape, Values } from './loops.fixture.js';

/** One op with its expected result; every backend is tested on the same table. */
export interface Case {
  title: string;
  shapes: Shape[];
  op: (...inputs: tf.Tensor[]) => tf.Tensor;
  reference: (...inputs: Values[]) => Values;
  /** The gradient in closed form; without it, central differences of `reference`. */
  backward?: (inputs: readonly Values[], dy: Values) => Values[];
  /** Range of the inputs; default [-1, 1]. */
  range?: [number, number];
}

type Four = [number, number, number, number];
const say = (shape: Shape) => `[${shape.join(', ')}]`;

export function convolution(x: Four, filter: Four, stride: number, pad: Padding = 'same'): Case {
  const conv: Convolution = { x, filter, stride, pad };
  return {
    title: `conv2d ${say(x)} by ${say(filter)}, stride ${stride}, ${pad}, to ${say(convolutionShape(conv))}`,
    shapes: [x, filter],
    op: (image, weights) => tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, stride, pad),
    reference: convolve(conv),
    backward: convolveBackward(conv),
  };
}

const convolutions: Case[] = [
  convolution([2, 16, 16, 16], [3, 3, 16, 16], 1),
  convolution([2, 8, 8, 32], [3, 3, 32, 32], 1),
  convolution([2, 8, 8, 16], [3, 3, 16, 32], 1),
  convolution([2, 16, 16, 16], [3, 3, 16, 16], 2),
  convolution([2, 8, 8, 48], [3, 3, 48, 16], 1),
  convolution([2, 16, 16, 1], [3, 3, 1, 16], 1),
  convolution([2, 16, 16, 16], [3, 3, 16, 1], 1),
  convolution([2, 8, 8, 48], [1, 1, 48, 32], 1),
  convolution([1, 5, 7, 3], [3, 3, 3, 5], 1),
  convolution([2, 7, 5, 6], [3, 3, 6, 9], 2),
  convolution([2, 6, 6, 4], [1, 1, 4, 12], 2),
  convolution([1, 9, 6, 2], [3, 3, 2, 7], 2, 'valid'),
  convolution([2, 6, 6, 5], [5, 5, 5, 3], 1),
  convolution([2, 7, 8, 4], [2, 3, 4, 4], 2, 'valid'),
  convolution([1, 4, 4, 8], [4, 4, 8, 10], 1, 'valid'),
  convolution([2, 3, 3, 4], [3, 3, 4, 8], 3),
  convolution([3, 12, 11, 6], [5, 5, 6, 20], 2),
  convolution([1, 9, 10, 68], [3, 3, 68, 72], 1),
  convolution([3, 14, 17, 8], [1, 1, 8, 20], 1),
  convolution([2, 15, 13, 10], [3, 2, 10, 18], 1, 'valid'),
  convolution([2, 8, 8, 12], [3, 3, 12, 12], 2, 1),
  convolution([2, 7, 10, 8], [3, 3, 8, 4], 2, 1),
  convolution([3, 4, 4, 128], [3, 3, 128, 64], 1),
  convolution([2, 9, 10, 32], [3, 3, 32, 64], 2),
  convolution([2, 9, 6, 32], [3, 3, 32, 32], 2, 'valid'),
  convolution([1, 11, 7, 64], [2, 3, 64, 32], 1, 'valid'),
  convolution([3, 5, 5, 160], [1, 1, 160, 96], 1),
  convolution([2, 8, 7, 32], [5, 5, 32, 32], 3, 2),
];

function matrices(shape: Pick<Product, 'rows' | 'inner' | 'columns'> & Partial<Product>): Case {
  const product: Product = { batch: 1, transposeA: false, transposeB: false, ...shape };
  const { batch, rows, inner, columns, transposeA, transposeB } = product;
  return {
    title: `matMul ${batch} x ${rows} x ${inner} x ${columns}${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`,
    shapes: [transposeA ? [batch, inner, rows] : [batch, rows, inner], transposeB ? [batch, columns, inner] : [batch, inner, columns]],
    op: (a, b) => tf.matMul(a, b, transposeA, transposeB),
    reference: multiplyMatrices(product),
  };
}

const products: Case[] = [
  matrices({ rows: 4, inner: 8, columns: 8 }),
  matrices({ rows: 13, inner: 17, columns: 19 }),
  matrices({ rows: 5, inner: 1, columns: 3 }),
  matrices({ rows: 1, inner: 9, columns: 4 }),
  matrices({ rows: 6, inner: 7, columns: 10, transposeA: true }),
  matrices({ rows: 6, inner: 7, columns: 10, transposeB: true }),
  matrices({ rows: 3, inner: 5, columns: 9, transposeA: true, transposeB: true }),
  matrices({ batch: 3, rows: 5, inner: 6, columns: 4 }),
  matrices({ batch: 2, rows: 8, inner: 4, columns: 8, transposeB: true }),
  matrices({ batch: 6, rows: 9, inner: 8, columns: 9, transposeA: true }),
  matrices({ batch: 3, rows: 5, inner: 9, columns: 9, transposeB: true }),
];

const pairs: [Shape, Shape, Shape][] = [
  [[2, 2, 3, 8], [2, 2, 3, 8], [2, 2, 3, 8]],
  [[2, 3, 3, 8], [8], [2, 3, 3, 8]],
  [[2, 3, 3, 5], [5], [2, 3, 3, 5]],
  [[2, 3, 3, 8], [2, 1, 1, 8], [2, 3, 3, 8]],
  [[2, 3, 3, 4], [2, 1, 1, 1], [2, 3, 3, 4]],
  [[7], [], [7]],
  [[], [7], [7]],
  [[2, 9, 2, 3], [2, 1, 2, 1], [2, 9, 2, 3]],
  [[3, 1], [1, 5], [3, 5]],
  [[1, 6], [4, 6], [4, 6]],
];

const binaries: Record<string, { op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor; f: (a: number, b: number) => number }> = {
  add: { op: tf.add, f: (a, b) => a + b },
  sub: { op: tf.sub, f: (a, b) => a - b },
  mul: { op: tf.mul, f: (a, b) => a * b },
  div: { op: tf.div, f: (a, b) => a / b },
};

const arithmetic: Case[] = Object.entries(binaries).flatMap(([name, { op, f }]) =>
  pairs.map(([a, b, out]): Case => ({ title: `${name} ${say(a)} and ${say(b)}`, shapes: [a, b], op, reference: broadcast(out, [a, b], f), range: [0.5, 2] })),
);

const unaries: Record<string, { op: (x: tf.Tensor) => tf.Tensor; f: (x: number) => number; range?: [number, number] }> = {
  sigmoid: { op: tf.sigmoid, f: (x) => 1 / (1 + Math.exp(-x)), range: [-12, 12] },
  'sigmoid of small numbers': { op: tf.sigmoid, f: (x) => 1 / (1 + Math.exp(-x)) },
  square: { op: tf.square, f: (x) => x * x },
  sqrt: { op: tf.sqrt, f: Math.sqrt, range: [0.1, 9] },
  rsqrt: { op: tf.rsqrt, f: (x) => 1 / Math.sqrt(x), range: [0.1, 9] },
  neg: { op: tf.neg, f: (x) => -x },
  relu: { op: tf.relu, f: (x) => Math.max(0, x) },
  exp: { op: tf.exp, f: Math.exp },
  'exp of small results': { op: tf.exp, f: Math.exp, range: [-40, 0] },
  log: { op: tf.log, f: Math.log, range: [0.1, 9] },
  sin: { op: tf.sin, f: Math.sin, range: [-3, 3] },
  cos: { op: tf.cos, f: Math.cos, range: [-3, 3] },
  tanh: { op: tf.tanh, f: Math.tanh },
  abs: { op: tf.abs, f: Math.abs },
  silu: { op: (x) => tf.mul(x, tf.sigmoid(x)), f: (x) => x / (1 + Math.exp(-x)), range: [-6, 6] },
};

const elementwise: Case[] = Object.entries(unaries).map(([title, { op, f, range }]) => ({
  title, shapes: [[3, 11]], op, reference: (x) => x.map(f), ...(range && { range }),
}));

function reduction(shape: Shape, axes: number[]): Case[] {
  const count = axes.reduce((n, axis) => n * (shape[axis] ?? 1), 1);
  const sum = sumOver(shape, axes);
  return [
    { title: `sum ${say(shape)} over ${say(axes)}`, shapes: [shape], op: (x) => tf.sum(x, axes), reference: sum },
    { title: `mean ${say(shape)} over ${say(axes)}`, shapes: [shape], op: (x) => tf.mean(x, axes, true), reference: (x) => sum(x).map((s) => s / count) },
  ];
}

const reductions: Case[] = [
  ...reduction([2, 3, 3, 8], [0, 1, 2, 3]),
  ...reduction([2, 3, 3, 8], [0, 1, 2]),
  ...reduction([2, 3, 3, 8], [1, 2]),
  ...reduction([2, 3, 3, 5], [1, 2, 3]),
  ...reduction([2, 4, 2, 3], [1, 3]),
  ...reduction([3, 1, 2], [1]),
  ...reduction([4, 7], [0]),
  ...reduction([4, 7], [1]),
];

/** [n, h, w, c] -> [n, 2h, 2w, c], each pixel four times. */
const twice = (coordinate: number[]) => [coordinate[0] ?? 0, (coordinate[1] ?? 0) >> 1, (coordinate[2] ?? 0) >> 1, coordinate[3] ?? 0];

const movements: Case[] = [
  { title: 'concat of channels', shapes: [[2, 3, 3, 4], [2, 3, 3, 8]], op: (a, b) => tf.concat([a, b], 3), reference: (a, b) => joinChannels(a, b, [4, 8]) },
  { title: 'concat of odd channels', shapes: [[2, 3, 1, 3], [2, 3, 1, 5]], op: (a, b) => tf.concat([a, b], 3), reference: (a, b) => joinChannels(a, b, [3, 5]) },
  { title: 'concat of batches', shapes: [[2, 5], [3, 5]], op: (a, b) => tf.concat([a, b], 0), reference: (a, b) => Float64Array.from([...a, ...b]) },
  { title: 'slice', shapes: [[3, 4, 4, 6]], op: (x) => tf.slice(x, [1, 0, 2, 1], [2, 4, 2, 4]), reference: gather([2, 4, 2, 4], [3, 4, 4, 6], ([b = 0, r = 0, c = 0, i = 0]) => [b + 1, r, c + 2, i + 1]) },
  { title: 'split and join in reverse', shapes: [[2, 6]], op: (x) => tf.concat([...tf.split(x, 3, 1)].reverse(), 1), reference: gather([2, 6], [2, 6], ([r = 0, c = 0]) => [r, 4 - 2 * (c >> 1) + (c & 1)]) },
  { title: 'transpose of a matrix', shapes: [[5, 7]], op: (x) => tf.transpose(x), reference: gather([7, 5], [5, 7], ([r = 0, c = 0]) => [c, r]) },
  { title: 'transpose of images', shapes: [[2, 3, 4, 5]], op: (x) => tf.transpose(x, [3, 1, 2, 0]), reference: gather([5, 3, 4, 2], [2, 3, 4, 5], ([c = 0, r = 0, k = 0, b = 0]) => [b, r, k, c]) },
  { title: 'transpose of heads before tokens', shapes: [[2, 3, 4, 5]], op: (x) => tf.transpose(x, [0, 2, 3, 1]), reference: gather([2, 4, 5, 3], [2, 3, 4, 5], ([b = 0, h = 0, c = 0, t = 0]) => [b, t, h, c]) },
  { title: 'reshape', shapes: [[2, 3, 4]], op: (x) => tf.reshape(x, [4, 6]), reference: (x) => x },
  { title: 'pad', shapes: [[2, 3]], op: (x) => tf.pad(x, [[1, 0], [0, 2]]), reference: gather([3, 5], [2, 3], ([r = 0, c = 0]) => (r >= 1 && c < 3 ? [r - 1, c] : undefined)) },
  { title: 'nearest upsampling by joins', shapes: [[2, 3, 4, 5]], op: (x) => upsample(x, [2, 3, 4, 5]), reference: gather([2, 6, 8, 5], [2, 3, 4, 5], twice) },
  { title: 'nearest upsampling by resize', shapes: [[2, 3, 4, 5]], op: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [6, 8]), reference: gather([2, 6, 8, 5], [2, 3, 4, 5], twice) },
  { title: 'broadcastTo', shapes: [[2, 1, 3]], op: (x) => tf.broadcastTo(x, [2, 4, 3]), reference: gather([2, 4, 3], [2, 1, 3], (coordinate) => coordinate) },
  { title: 'softmax of a batch', shapes: [[2, 4, 9]], op: (x) => tf.softmax(x), reference: softmaxRows(9) },
  { title: 'softmax', shapes: [[3, 7]], op: (x) => tf.softmax(x), reference: softmaxRows(7) },
  { title: 'mean squared error', shapes: [[2, 4, 4, 1], [2, 4, 4, 1]], op: (a, b) => tf.mean(tf.squaredDifference(a, b)), reference: (a, b) => Float64Array.of(a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0) / a.length) },
];

function joinChannels(a: Values, b: Values, [m, n]: [number, number]): Values {
  return Float64Array.from({ length: a.length + b.length }, (_, i) => {
    const row = Math.floor(i / (m + n));
    const column = i % (m + n);
    return (column < m ? a[row * m + column] : b[row * n + column - m]) ?? 0;
  });
}

function upsample(x: tf.Tensor, [n, h, w, c]: Four): tf.Tensor {
  const wide = tf.reshape(tf.concat([x, x], 3), [n, h, 2 * w * c]);
  return tf.reshape(tf.concat([wide, wide], 2), [n, 2 * h, 2 * w, c]);
}

export function softmaxRows(width: number) {
  return (x: Values): Values => {
    const powers = x.map(Math.exp);
    return powers.map((p, i) => {
      const start = i - (i % width);
      return p / powers.subarray(start, start + width).reduce((sum, q) => sum + q, 0);
    });
  };
}

export const cases: Case[] = [...convolutions, ...products, ...arithmetic, ...elementwise, ...reductions, ...movements];
