import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, dense, groupNorm } from './layers.js';
import type { Layer } from './layers.js';
import { addPerImage } from './ops.js';
import { fanIn, zeros } from './parameters.js';
import type { Init, ParameterList } from './parameters.js';

/** A feature map and the level's embedding [n,width] that goes with it. */
export interface Conditioned {
  h: Tensor4D;
  level: Tensor2D;
}

export interface ResidualOptions {
  in: number;
  out: number;
  groups: number;
  /** Width of the level's embedding. */
  width: number;
}

/**
 * Group norm, SiLU, convolution, plus a projection of the level, and once more; added to the input, through a 1x1
 * convolution where the channels change. The last convolution starts at zero, so the block starts as its skip. Ho et al. 2020, app. B.
 */
export function residualBlock(list: ParameterList, name: string, options: ResidualOptions): Layer<Conditioned, Tensor4D> {
  const { in: from, out, groups, width } = options;
  const norm1 = groupNorm(list, `${name}.norm1`, { channels: from, groups });
  const conv1 = convolution(list, `${name}.conv1`, { in: from, out });
  const project = dense(list, `${name}.level`, { in: width, out });
  const norm2 = groupNorm(list, `${name}.norm2`, { channels: out, groups });
  const conv2 = convolution(list, `${name}.conv2`, { in: out, out, init: zeros });
  const skip: Layer<Tensor4D> = from === out ? (_, x) => x : convolution(list, `${name}.skip`, { in: from, out, side: 1 });
  return (weights, { h, level }) => {
    const first = addPerImage(conv1(weights, norm1(weights, h)), project(weights, level));
    return tf.add(conv2(weights, norm2(weights, first)), skip(weights, h));
  };
}

export interface AttentionOptions {
  channels: number;
  groups: number;
}

/** Single-head self-attention over all positions, added to its input; starts as the identity. */
export function attentionBlock(list: ParameterList, name: string, { channels, groups }: AttentionOptions): Layer<Tensor4D> {
  const norm = groupNorm(list, `${name}.norm`, { channels, groups, silu: false });
  const map = (part: string, init: Init) => list.declare<Tensor2D>({ name: `${name}.${part}.kernel`, shape: [channels, channels], init });
  const [query, key, value] = [map('query', fanIn(channels)), map('key', fanIn(channels)), map('value', fanIn(channels))];
  const out = map('out', zeros);
  return (weights, x) => {
    const [n, h, w] = x.shape;
    const rows = tf.reshape(norm(weights, x), [n * h * w, channels]) as Tensor2D;
    const tokens = (kernel: Tensor2D) => tf.reshape(tf.matMul(rows, kernel), [n, h * w, channels]) as Tensor3D;
    const scores = tf.mul(tf.matMul(tokens(query(weights)), tokens(key(weights)), false, true), 1 / Math.sqrt(channels));
    const seen = tf.reshape(tf.matMul(tf.softmax(scores), tokens(value(weights))), [n * h * w, channels]);
    return tf.add(x, tf.reshape(tf.matMul(seen, out(weights)), x.shape));
  };
}
