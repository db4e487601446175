import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, dense, groupNorm, groupNormWithSkip } from './layers.js';
import type { Layer } from './layers.js';
import { addPerImage, downsample2x, silu, upsample2x } from './ops.js';
import { zeros } from './parameters.js';
import type { ParameterList, Weights } from './parameters.js';

/** Sets some elements of a map [n,h,w,c] to 0 during training and scales up the rest; `name` is the block's. */
export type Dropout = (h: Tensor4D, name: string) => Tensor4D;

/** A feature map and its level's embedding [n,width]. */
export interface Conditioned {
  h: Tensor4D;
  level: Tensor2D;
  dropout?: Dropout | undefined;
}

export interface ResidualOptions {
  in: number;
  out: number;
  groups: number;
  /** Width of the level's embedding. */
  width: number;
  /** Whether the convolutions have biases. Default false. */
  biases?: boolean;
  /** Whether the level also scales the second norm's result (FiLM, Perez et al. 2018), instead of only shifting its input. Default false. */
  scaleShift?: boolean;
  /** Halves or doubles the sides, before the first convolution and on the skip. Default neither. */
  resample?: 'down' | 'up' | undefined;
  /** The factor on the sum with the skip. Default 1. */
  sumScale?: number;
  /** Epsilon of the norms. Default 1e-5. */
  epsilon?: number;
}

const resamplings = { down: downsample2x, up: upsample2x };

/**
 * Group norm, SiLU, convolution, plus a projection of the level, then the same again; added to the input, through a 1x1
 * convolution where the channels or the sides change. The last convolution starts at zero, so the block starts as its skip.
 * Ho et al. 2020, app. B; resampling as Song et al. 2021, app. H.
 */
export function residualBlock(list: ParameterList, name: string, options: ResidualOptions): Layer<Conditioned, Tensor4D> {
  const { in: from, out, groups, biases: bias = false, resample, sumScale = 1, epsilon } = options;
  const resampled = resample ? resamplings[resample] : (x: Tensor4D) => x;
  const norm1 = groupNormWithSkip(list, `${name}.norm1`, { channels: from, groups, epsilon });
  const conv1 = convolution(list, `${name}.conv1`, { in: from, out, bias });
  const conditioned = levelNorm(list, name, options);
  const conv2 = convolution(list, `${name}.conv2`, { in: out, out, init: zeros, bias });
  const skip: Layer<Tensor4D> = from === out && !resample ? (_, x) => x : convolution(list, `${name}.skip`, { in: from, out, side: 1, bias });
  return (weights, { h, level, dropout = (x) => x }) => {
    const { y: normal, x: around } = norm1(weights, h);
    const first = conditioned(weights, { convolved: (shift) => conv1(weights, resampled(normal), { perImage: shift }), level });
    const sum = conv2(weights, dropout(first, name), { other: skip(weights, resampled(around)) });
    return sumScale === 1 ? sum : tf.mul(sum, sumScale);
  };
}

/** A map that is still to be made, with a number for each image and channel added to it, and its level's embedding. */
interface Unshifted extends Pick<Conditioned, 'level'> {
  convolved: (shift?: Tensor2D) => Tensor4D;
}

/** The second norm with its SiLU, where the level enters: silu(norm(h + shift)), or silu(norm(h) (1 + scale) + shift). */
function levelNorm(list: ParameterList, name: string, { out, groups, width, scaleShift = false, epsilon }: ResidualOptions): Layer<Unshifted, Tensor4D> {
  const project = dense(list, `${name}.level`, { in: width, out: scaleShift ? 2 * out : out });
  const norm = groupNorm(list, `${name}.norm2`, { channels: out, groups, silu: !scaleShift, epsilon });
  if (!scaleShift) return (weights, { convolved, level }) => norm(weights, convolved(project(weights, level)));
  return (weights: Weights, { convolved, level }) => {
    const [scale, shift] = tf.split(project(weights, level), 2, 1) as [Tensor2D, Tensor2D];
    return silu(addPerImage(mulPerImage(norm(weights, convolved()), tf.add(scale, 1)), shift));
  };
}

/** x [n,h,w,c] times one value per image and channel, v [n,c]; by a product with a column of ones, for the same reason as addPerImage. */
function mulPerImage(x: Tensor4D, v: Tensor2D): Tensor4D {
  const [n, h, w, c] = x.shape;
  return tf.mul(x, tf.reshape(tf.matMul(tf.ones([n, h * w, 1]), tf.reshape(v, [n, 1, c])), x.shape));
}
