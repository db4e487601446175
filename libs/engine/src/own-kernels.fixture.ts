import * as tf from '@tensorflow/tfjs-core';
import { convolution, softmaxRows } from './cases.fixture.js';
import type { Case } from './cases.fixture.js';
import { broadcast, gather, groupNorm } from './loops.fixture.js';

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

/** Many parts, each of them contiguous. */
export const pieceCases: Case[] = [
  { title: 'forty tensors joined', shapes: [[3, 5], [2, 5]], op: (a, b) => tf.concat(Array.from({ length: 40 }, (_, i) => (i % 2 ? a : b))), reference: (a, b) => Float64Array.from(Array.from({ length: 20 }, () => [...b, ...a]).flat()) },
  { title: 'a vector split into odd pieces and joined in reverse', shapes: [[23]], op: (x) => tf.concat([...tf.split(x, [5, 1, 10, 7])].reverse()), reference: (x) => Float64Array.from([...x.slice(16), ...x.slice(6, 16), ...x.slice(5, 6), ...x.slice(0, 5)]) },
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
