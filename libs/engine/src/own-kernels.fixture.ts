import * as tf from '@tensorflow/tfjs-core';
import { convolution, softmaxRows } from './cases.fixture.js';
import type { Case } from './cases.fixture.js';
import { broadcast, gather, groupNorm, multiplyMatrices, sumOver } from './loops.fixture.js';
import type { Product, Values } from './loops.fixture.js';

type Four = [number, number, number, number];

function norm(shape: Four, groups: number, silu: boolean): Case {
  const attrs = { groups, eps: 1e-5, silu };
  return {
    title: `group norm of [${shape.join(', ')}] in ${groups} groups${silu ? ', then SiLU' : ''}`,
    shapes: [shape, [shape[3]], [shape[3]]],
    op: (x, scale, bias) => tf.engine().runKernel<tf.Tensor[]>('GroupNormSilu', { x, scale, bias } as tf.NamedTensorMap, attrs)[0] as tf.Tensor,
    reference: groupNorm(shape, attrs),
    range: [-2, 2],
  };
}

/** A norm whose input is used beside it, once or twice. */
function normWithSkip(shape: Four, groups: number, twice: boolean): Case {
  const attrs = { groups, eps: 1e-5, silu: true };
  return {
    title: `group norm of [${shape.join(', ')}] in ${groups} groups, then SiLU, added to its input${twice ? ' twice' : ''}`,
    shapes: [shape, [shape[3]], [shape[3]]],
    op: (x, scale, bias) => tf.tidy(() => {
      const [y, , same, again] = tf.engine().runKernel<tf.Tensor[]>('GroupNormBeside', { x, scale, bias } as tf.NamedTensorMap, { ...attrs, twice });
      const sum = tf.add(y!, tf.square(same!));
      return twice ? tf.add(sum, tf.mul(again!, 3)) : sum;
    }),
    reference: (x, scale, bias) => groupNorm(shape, attrs)(x!, scale!, bias!).map((value, i) => value + x![i]! ** 2 + (twice ? 3 * x![i]! : 0)),
    range: [-2, 2],
  };
}

/** Numbers of two maps side by side. */
const sideBySide = (pixels: number, [left, right]: [number, number]) => (a: Values, b: Values): Values =>
  Float64Array.from({ length: pixels * (left + right) }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / (left + right)), i % (left + right)];
    return channel < left ? a[pixel * left + channel]! : b[pixel * right + channel - left]!;
  });

/** A norm of two maps side by side, which are used beside it. */
function normOfTwo([n, h, w]: [number, number, number], channels: [number, number], groups: number): Case {
  const attrs = { groups, eps: 1e-5, silu: true };
  const all = channels[0] + channels[1];
  const joined = sideBySide(n * h * w, channels);
  return {
    title: `group norm in ${groups} groups of [${[n, h, w].join(', ')}] with ${channels.join(' and ')} channels side by side, then SiLU, added to them`,
    shapes: [[n, h, w, channels[0]], [n, h, w, channels[1]], [all], [all]],
    op: (x, beside, scale, bias) => tf.tidy(() => {
      const [y, , same] = tf.engine().runKernel<tf.Tensor[]>('GroupNormBeside', { x, beside, scale, bias } as tf.NamedTensorMap, { ...attrs, left: channels[0] });
      return tf.add(y!, tf.square(same!));
    }),
    reference: (a, b, scale, bias) => {
      const x = joined(a!, b!);
      return groupNorm([n, h, w, all], attrs)(x, scale!, bias!).map((value, i) => value + x[i]! ** 2);
    },
    range: [-2, 2],
  };
}

/** A norm of a convolution, with a number for each image and channel or without. */
function normOfConvolution(shape: Four, filter: Four, groups: number, given: readonly ('bias' | 'perImage')[]): Case {
  const [n, h, w] = shape;
  const columns = filter[3];
  const attrs = { groups, eps: 1e-5, silu: true };
  const plain = convolution(shape, filter, 1);
  return {
    title: `group norm in ${groups} groups of a convolution of [${shape.join(', ')}] with [${filter.join(', ')}], plus ${given.join(', ') || 'nothing'}`,
    shapes: [shape, filter, [columns], [columns], ...given.map((name) => (name === 'bias' ? [columns] : [n, columns]))],
    op: (x, weights, ...rest) => tf.engine().runKernel<tf.Tensor[]>('ConvolveNorm', { x, filter: weights, ...Object.fromEntries(['scale', 'offset', ...given].map((name, i) => [name, rest[i]])) } as tf.NamedTensorMap,
      { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, biased: given.includes('bias'), perImage: given.includes('perImage'), ...attrs })[0] as tf.Tensor,
    reference: (x, weights, ...rest) => {
      const [scale, offset, ...more] = rest;
      const sum = plain.reference(x!, weights!).map((value, i) => given.reduce((total, name, k) => total + more[k]![name === 'bias' ? i % columns : Math.floor(i / (h * w * columns)) * columns + (i % columns)]!, value));
      return groupNorm([n, h, w, columns], attrs)(sum, scale!, offset!);
    },
  };
}

/** What only `webgpu` has. */
export const skipCases: Case[] = [
  normWithSkip([2, 2, 3, 8], 4, false), normWithSkip([1, 3, 2, 8], 1, true),
  normOfTwo([2, 2, 3], [8, 8], 4), normOfTwo([1, 3, 1], [4, 12], 2), normOfTwo([2, 2, 2], [3, 6], 3),
  normOfConvolution([2, 3, 2, 4], [3, 3, 4, 8], 2, ['perImage']), normOfConvolution([2, 2, 2, 3], [1, 1, 3, 6], 3, ['bias', 'perImage']), normOfConvolution([1, 3, 3, 4], [3, 3, 4, 4], 4, []),
];

export const siluCases: Case[] = [{ title: 'SiLU', shapes: [[3, 23]], op: (x) => tf.engine().runKernel<tf.Tensor>('Silu', { x: x! }), reference: (x) => x!.map((value) => value / (1 + Math.exp(-value))), range: [-6, 6] }];

const softmaxOf = (shape: number[], range: [number, number] = [-4, 4]): Case => ({
  title: `softmax of [${shape.join(', ')}] in [${range.join(', ')}]`, shapes: [shape], op: (x) => tf.softmax(x), reference: softmaxRows(shape.at(-1) ?? 1), range,
});

/** Group norm fused with SiLU, forward and backward. */
export const normCases: Case[] = [
  norm([2, 1, 1, 300], 1, true),
  norm([2, 2, 3, 8], 4, true),
  norm([2, 2, 3, 8], 4, false),
  norm([2, 2, 2, 8], 1, true),
  norm([1, 3, 2, 8], 8, true),
  norm([2, 2, 2, 12], 4, true),
  norm([1, 5, 5, 4], 2, true),
  norm([1, 5, 4, 20], 5, true),
];

export const upsamplingCases: Case[] = [
  {
    title: 'upsampling', shapes: [[2, 3, 4, 5]], op: (x) => tf.engine().runKernel<tf.Tensor>('Upsample2x', { x }),
    reference: gather([2, 6, 8, 5], [2, 3, 4, 5], ([b = 0, r = 0, c = 0, i = 0]) => [b, r >> 1, c >> 1, i]),
  },
  {
    title: 'upsampling of eight channels', shapes: [[2, 2, 3, 8]], op: (x) => tf.engine().runKernel<tf.Tensor>('Upsample2x', { x }),
    reference: gather([2, 4, 6, 8], [2, 2, 3, 8], ([b = 0, r = 0, c = 0, i = 0]) => [b, r >> 1, c >> 1, i]),
  },
];

const perImage = ([n, h, w, c]: Four): Case => ({
  title: `a number an image and channel added to [${[n, h, w, c].join(', ')}]`,
  shapes: [[n, h, w, c], [n, c]],
  op: (x, v) => tf.engine().runKernel<tf.Tensor>('AddPerImage', { x, v } as tf.NamedTensorMap),
  reference: broadcast([n, h, w, c], [[n, h, w, c], [n, 1, 1, c]], (a, b) => a + b),
});

/** What libs/diffusion adds of the noise level's embedding. */
export const perImageCases: Case[] = [perImage([2, 3, 5, 7]), perImage([3, 9, 8, 16]), perImage([1, 2, 2, 40])];

/** A convolution with a bias, a number for each image and channel, and a tensor of its shape, of which `given` says which are there. */
function convolutionSum(shape: Four, filter: Four, stride: number, given: readonly ('bias' | 'perImage' | 'other')[]): Case {
  const plain = convolution(shape, filter, stride);
  const side = (length: number) => Math.ceil(length / stride);
  const [out, columns] = [[shape[0], side(shape[1]), side(shape[2]), filter[3]], filter[3]];
  const shapes = { bias: [columns], perImage: [shape[0], columns], other: out };
  const pixels = out[1]! * out[2]! * columns;
  return {
    title: `a convolution of [${shape.join(', ')}] with [${filter.join(', ')}] by ${stride}, plus ${given.join(', ')}`,
    shapes: [shape, filter, ...given.map((name) => shapes[name])],
    op: (x, w, ...rest) => tf.engine().runKernel<tf.Tensor>('ConvolveSum', { x, filter: w, ...Object.fromEntries(given.map((name, i) => [name, rest[i]])) } as tf.NamedTensorMap, { strides: stride, pad: 'same', dataFormat: 'NHWC', dilations: 1, biased: given.includes('bias') }),
    reference: (x, w, ...rest) => plain.reference(x!, w!).map((y, i) => given.reduce((sum, name, k) => sum + rest[k]![{ bias: i % columns, perImage: Math.floor(i / pixels) * columns + (i % columns), other: i }[name]]!, y)),
    backward: (inputs, dy) => {
      const slopes = { bias: sumOver([dy.length / columns, columns], [0]), perImage: sumOver([shape[0], pixels / columns, columns], [1]), other: (all: Values) => all };
      return [...plain.backward!(inputs, dy), ...given.map((name) => slopes[name](dy))];
    },
    ...(plain.range && { range: plain.range }),
  };
}

/** Of any shape, four channels at a time and one; of fixed shape; and with sums that are divided. */
export const sumCases: Case[] = [
  convolutionSum([2, 3, 4, 5], [3, 3, 5, 8], 1, ['bias', 'perImage', 'other']),
  convolutionSum([2, 3, 3, 4], [3, 3, 4, 3], 1, ['bias', 'perImage', 'other']),
  convolutionSum([1, 4, 4, 4], [3, 3, 4, 8], 2, ['bias']),
  convolutionSum([2, 2, 3, 16], [1, 1, 16, 32], 1, ['bias', 'perImage', 'other']),
  convolutionSum([1, 2, 2, 128], [1, 1, 128, 32], 1, ['perImage', 'other']),
  convolutionSum([1, 6, 6, 32], [3, 3, 32, 32], 1, ['bias', 'other']),
  convolutionSum([3, 40, 21, 1], [1, 1, 1, 3], 1, ['bias']),
  projections([2, 5, 32], 32, true),
  projections([1, 70, 32], 64, false),
];

/** Affine maps of the same rows, their results one after the other. */
function affineMaps([n, inner]: [number, number], outs: readonly number[]): Case {
  const results = ([x, ...parameters]: readonly Values[]) => outs.flatMap((out, map) => {
    const [matrix, bias] = [parameters[2 * map]!, parameters[2 * map + 1]!];
    return Array.from({ length: n * out }, (_, i) => bias[i % out]! + Array.from({ length: inner }, (_term, k) => x![Math.floor(i / out) * inner + k]! * matrix[k * out + (i % out)]!).reduce((a, b) => a + b, 0));
  });
  return {
    title: `affine maps of [${n}, ${inner}] to ${outs.join(', ')} columns`,
    shapes: [[n, inner], ...outs.flatMap((out) => [[inner, out], [out]])],
    op: (...inputs) => tf.tidy(() => tf.concat(tf.engine().runKernel<tf.Tensor[]>('AffineEach', inputs as unknown as tf.NamedTensorMap).map((y) => tf.reshape(y, [-1])))),
    reference: (...inputs) => Float64Array.from(results(inputs)),
  };
}

/** One map and several, of more numbers than a workgroup has threads. */
export const affineCases: Case[] = [affineMaps([2, 3], [5]), affineMaps([3, 20], [4, 33, 7])];

/** Three matrices applied to the same rows, side by side. */
function projections([n, t, from]: [number, number, number], to: number, biased: boolean): Case {
  const [rows, three] = [n * t, [0, 1, 2]];
  const product = (sizes: Partial<Product>) => multiplyMatrices({ batch: 1, rows, inner: from, columns: to, transposeA: false, transposeB: false, ...sizes });
  const own = (dy: Values, which: number) => Float64Array.from({ length: rows * to }, (_, i) => dy[(3 * Math.floor(i / to) + which) * to + (i % to)]!);
  return {
    title: `three products of [${[n, t, from].join(', ')}] with [${from}, ${to}]${biased ? ', plus biases' : ''}`,
    shapes: [[n, t, from], ...three.map(() => [from, to]), ...(biased ? three.map(() => [to]) : [])],
    op: (x, ...given) => tf.engine().runKernel<tf.Tensor>('Projections', { x, ...Object.fromEntries(given.map((tensor, i) => [`${i < 3 ? 'kernel' : 'bias'}${i % 3}`, tensor])) } as tf.NamedTensorMap, { biased }),
    reference: (x, ...given) => {
      const each = three.map((i) => product({})(x!, given[i]!));
      return Float64Array.from({ length: 3 * rows * to }, (_, index) => {
        const [row, which, column] = [Math.floor(index / (3 * to)), Math.floor(index / to) % 3, index % to];
        return each[which]![row * to + column]! + (given[3 + which]?.[column] ?? 0);
      });
    },
    backward: ([x, ...given], dy) => {
      const slopes = three.map((i) => own(dy, i));
      const parts = slopes.map((slope, i) => product({ inner: to, columns: from, transposeB: true })(slope, given[i]!));
      const kernels = slopes.map((slope) => product({ rows: from, inner: rows, transposeA: true })(x!, slope));
      return [parts[0]!.map((value, i) => value + parts[1]![i]! + parts[2]![i]!), ...kernels, ...(biased ? slopes.map(sumOver([rows, to], [0])) : [])];
    },
  };
}

/** Each head's softmax(q k^T / sqrt(width)) v, element by element. */
function attention([n, tokens, channels]: [number, number, number], heads: number, range: [number, number] = [-1, 1]): Case {
  const width = channels / heads;
  const at = (image: number, token: number, channel: number) => (image * tokens + token) * channels + channel;
  const all = (count: number) => Array.from({ length: count }, (_, i) => i);
  return {
    title: `attention of ${heads} heads over [${[n, tokens, channels].join(', ')}] in [${range.join(', ')}]`,
    shapes: [[n, tokens, channels], [n, tokens, channels], [n, tokens, channels]],
    op: (q, k, v) => tf.tidy(() => tf.engine().runKernel<tf.Tensor[]>('Attention', { qkv: tf.concat([q, k, v] as tf.Tensor[], 2) }, { heads })[0] as tf.Tensor),
    reference: (q, k, v) => Float64Array.from({ length: n * tokens * channels }, (_, index) => {
      const [image, token, channel] = [Math.floor(index / (tokens * channels)), Math.floor(index / channels) % tokens, index % channels];
      const own = all(width).map((i) => Math.floor(channel / width) * width + i);
      const scores = all(tokens).map((other) => own.reduce((sum, i) => sum + q[at(image, token, i)]! * k[at(image, other, i)]!, 0) / Math.sqrt(width));
      const largest = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - largest));
      return all(tokens).reduce((sum, other) => sum + weights[other]! * v[at(image, other, channel)]!, 0) / weights.reduce((a, b) => a + b, 0);
    }),
    range,
  };
}

/** Tokens of one tile, of many, and more than the threads of a workgroup; heads of one vec4, of several, and too wide for a thread; scores that need the largest taken off. */
export const attentionCases: Case[] = [attention([2, 4, 8], 1), attention([1, 5, 12], 3), attention([1, 5, 32], 2), attention([1, 67, 4], 1), attention([1, 6, 8], 2, [-3, 3]), attention([2, 3, 40], 2), attention([1, 5, 20], 1, [-3, 3])];

/** Many parts, each of them contiguous. */
export const pieceCases: Case[] = [
  { title: 'forty tensors joined', shapes: [[3, 5], [2, 5]], op: (a, b) => tf.concat(Array.from({ length: 40 }, (_, i) => (i % 2 ? a : b))), reference: (a, b) => Float64Array.from(Array.from({ length: 20 }, () => [...b, ...a]).flat()) },
  { title: 'a vector split into odd pieces and joined in reverse', shapes: [[23]], op: (x) => tf.concat([...tf.split(x, [5, 1, 10, 7])].reverse()), reference: (x) => Float64Array.from([...x.slice(16), ...x.slice(6, 16), ...x.slice(5, 6), ...x.slice(0, 5)]) },
  { title: 'images split into channels and joined in reverse', shapes: [[2, 3, 2, 7]], op: (x) => tf.concat([...tf.split(x, [4, 1, 2], 3)].reverse(), 3), reference: gather([2, 3, 2, 7], [2, 3, 2, 7], ([b = 0, r = 0, c = 0, i = 0]) => [b, r, c, i < 2 ? 5 + i : i === 2 ? 4 : i - 3]) },
  { title: 'one image split into rows', shapes: [[1, 6, 4]], op: (x) => tf.concat([...tf.split(x, 3, 1)].reverse(), 1), reference: (x) => Float64Array.from([...x.slice(16), ...x.slice(8, 16), ...x.slice(0, 8)]) },
];

/** Kernels, and cases of kernels, that only our own backends have. */
export const ownKernels: Case[] = [
  convolution([3, 20, 20, 4], [3, 3, 4, 8], 1),
  convolution([2, 33, 17, 5], [3, 3, 5, 9], 2),
  convolution([1, 21, 40, 4], [3, 3, 4, 16], 2, 'valid'),
  convolution([5, 7, 7, 12], [3, 3, 12, 20], 1),
  convolution([9, 4, 4, 8], [3, 3, 8, 8], 1),
  convolution([7, 3, 3, 8], [2, 2, 8, 8], 1, 'valid'),
  convolution([3, 7, 9, 8], [3, 3, 8, 16], 1),
  convolution([1, 33, 34, 8], [3, 3, 8, 8], 1),
  convolution([2, 6, 5, 16], [3, 3, 16, 8], 1, 'valid'),
  convolution([5, 2, 2, 24], [3, 3, 24, 40], 1),
  convolution([2, 7, 9, 16], [3, 3, 16, 48], 1),
  convolution([1, 21, 34, 32], [3, 3, 32, 16], 1, 'valid'),
  convolution([2, 18, 300, 4], [1, 1, 4, 8], 1),
  convolution([3, 9, 9, 8], [1, 1, 8, 8], 3),
  softmaxOf([3, 1]),
  softmaxOf([5, 3]),
  softmaxOf([2, 3, 8]),
  softmaxOf([2, 2, 13]),
  softmaxOf([4, 64], [-30, 30]),
  { title: 'numbers clipped to a range', shapes: [[3, 7]], op: (x) => tf.clipByValue(x, -0.4, 0.3), reference: (x) => x.map((v) => Math.min(0.3, Math.max(-0.4, v))) },
  ...normCases,
  ...upsamplingCases,
];
