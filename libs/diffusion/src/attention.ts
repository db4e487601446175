import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { groupNorm } from './layers.js';
import type { Layer } from './layers.js';
import { fanIn, zeros } from './parameters.js';
import type { Init, ParameterList, Weights } from './parameters.js';

export interface AttentionOptions {
  channels: number;
  groups: number;
  /** Must divide the number of channels. Default 1. */
  heads?: number;
  /** Whether the four maps have biases. Default false. */
  biases?: boolean;
  /** The factor on the sum with the input. Default 1. */
  sumScale?: number;
  /** Epsilon of the norm. Default 1e-5. */
  epsilon?: number;
}

/** Self-attention over all positions (Vaswani et al. 2017, sec. 3.2), added to its input; starts as the identity, times `sumScale`. */
export function attentionBlock(list: ParameterList, name: string, options: AttentionOptions): Layer<Tensor4D> {
  const { channels, groups, heads = 1, biases = false, sumScale = 1, epsilon } = options;
  const norm = groupNorm(list, `${name}.norm`, { channels, groups, silu: false, epsilon });
  const map = (part: string, init: Init) => linear(list, `${name}.${part}`, { channels, init, bias: biases });
  const [query, key, value] = [map('query', fanIn(channels)), map('key', fanIn(channels)), map('value', fanIn(channels))];
  const out = map('out', zeros);
  const attend = heads === 1 ? oneHead : manyHeads(heads);
  return (weights, x) => {
    const [n, h, w] = x.shape;
    const rows = tf.reshape(norm(weights, x), [n * h * w, channels]) as Tensor2D;
    const tokens = (of: Layer<Tensor2D>) => tf.reshape(of(weights, rows), [n, h * w, channels]) as Tensor3D;
    const seen = tf.reshape(attend(tokens(query), tokens(key), tokens(value)), [n * h * w, channels]) as Tensor2D;
    const sum = tf.add(x, tf.reshape(out(weights, seen), x.shape)) as Tensor4D;
    return sumScale === 1 ? sum : tf.mul(sum, sumScale);
  };
}

/** Softmax(q k^T / sqrt(c)) v of tokens [n,t,c]. */
function oneHead(q: Tensor3D, k: Tensor3D, v: Tensor3D): Tensor3D {
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[2]));
  return tf.matMul(tf.softmax(scores), v);
}

/** The same for each group of channels separately, in one batch: with channels before tokens, [n heads, c/heads, t], the transpositions are fast ones. */
function manyHeads(heads: number) {
  return (q: Tensor3D, k: Tensor3D, v: Tensor3D): Tensor3D => {
    const [n, t, channels] = q.shape;
    const width = channels / heads;
    const split = (x: Tensor3D) => tf.reshape(tf.transpose(tf.reshape(x, [n, t, heads, width]), [0, 2, 3, 1]), [n * heads, width, t]) as Tensor3D;
    // divide the queries rather than the scores, which are more numerous
    const scores = tf.matMul(tf.mul(split(q), 1 / Math.sqrt(width)), split(k), true, false);
    const seen = tf.matMul(split(v), tf.softmax(scores), false, true);
    return tf.transpose(tf.reshape(seen, [n, channels, t]), [0, 2, 1]) as Tensor3D;
  };
}

/** Linear map of rows [m,channels]. */
function linear(list: ParameterList, name: string, { channels, init, bias }: { channels: number; init: Init; bias: boolean }): Layer<Tensor2D> {
  const kernel = list.declare<Tensor2D>({ name: `${name}.kernel`, shape: [channels, channels], init });
  const offset = bias ? list.declare<Tensor1D>({ name: `${name}.bias`, shape: [channels], init: zeros }) : undefined;
  return (weights: Weights, x) => {
    const y = tf.matMul(x, kernel(weights)) as Tensor2D;
    return offset ? tf.add(y, offset(weights)) : y;
  };
}
