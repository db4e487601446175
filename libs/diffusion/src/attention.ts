import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { groupNormWithSkip } from './layers.js';
import { affine, hasKernel, kernel } from './ops.js';
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
  const norm = groupNormWithSkip(list, `${name}.norm`, { channels, groups, silu: false, epsilon });
  const map = (part: string, init: Init) => linear(list, `${name}.${part}`, { channels, init, bias: biases });
  const inwards = [map('query', fanIn(channels)), map('key', fanIn(channels)), map('value', fanIn(channels))];
  const out = map('out', zeros);
  const composed = heads === 1 ? oneHead : manyHeads(heads);
  const fused = (tokens: number) => channels / heads <= (tokens <= fewTokens ? widestOfFew : widestFused) && (channels / heads) % 4 === 0 && hasKernel('Attention');
  return (weights, x) => {
    const [n, h, w] = x.shape;
    const tokens = (map: Tensor4D) => tf.reshape(map, [n, h * w, channels]) as Tensor3D;
    const { y: normal, x: around } = norm(weights, { x });
    const rows = tokens(normal);
    const maps = inwards.map((of) => of(weights));
    const seen = fused(h * w) ? fusedAttention(joined(rows, maps), heads) : composed(...maps.map(({ matrix, bias }) => affine(rows, matrix, { bias })) as [Tensor3D, Tensor3D, Tensor3D]);
    const { matrix, bias } = out(weights);
    const sum = tf.reshape(affine(seen, matrix, { bias, other: tokens(around) }), x.shape) as Tensor4D;
    return sumScale === 1 ? sum : tf.mul(sum, sumScale);
  };
}

/** Channels of a head, divisible by 4, up to which one thread can hold a query; wider heads are worth a matrix product, unless there are few tokens. */
const widestFused = 16;
const fewTokens = 64;
/** Of few tokens, what fits into the 16 KiB that every WebGPU adapter lets a workgroup share. */
const widestOfFew = 960;

/** By the backend's kernel 'Attention' { qkv [n,t,3c]; heads } -> [seen [n,t,c], total], with a gradient; `total` is for that. */
function fusedAttention(qkv: Tensor3D, heads: number): Tensor3D {
  return kernel('Attention', { qkv }, { heads })[0] as Tensor3D;
}

interface LinearMap {
  matrix: Tensor2D;
  bias: Tensor1D | undefined;
}

/** Three maps of rows [n,t,c], beside each other, [n,t,3c]; by 'Projections' { x, kernel0, kernel1, kernel2, bias0?, bias1?, bias2?; biased } with a gradient, which has channels in multiples of 32. */
function joined(rows: Tensor3D, maps: readonly LinearMap[]): Tensor3D {
  const [first] = maps as [LinearMap];
  if (first.matrix.shape.some((side) => side % 32 !== 0)) return tf.concat(maps.map(({ matrix, bias }) => affine(rows, matrix, { bias })), 2);
  const biased = first.bias !== undefined;
  const inputs = Object.fromEntries(maps.flatMap(({ matrix, bias }, i) => [[`kernel${i}`, matrix] as const, ...(bias ? [[`bias${i}`, bias] as const] : [])]));
  return kernel('Projections', { x: rows, ...inputs }, { biased })[0] as Tensor3D;
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

/** A linear map of rows, [m,channels]. */
function linear(list: ParameterList, name: string, { channels, init, bias }: { channels: number; init: Init; bias: boolean }): (weights: Weights) => LinearMap {
  const matrix = list.declare<Tensor2D>({ name: `${name}.kernel`, shape: [channels, channels], init });
  const offset = bias ? list.declare<Tensor1D>({ name: `${name}.bias`, shape: [channels], init: zeros }) : undefined;
  return (weights) => ({ matrix: matrix(weights), bias: offset?.(weights) });
}
