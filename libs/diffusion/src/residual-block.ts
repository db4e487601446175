import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, convolutionParameters, denseParameters, groupNormWithSkip, normOfConvolution, normParameters } from './layers.js';
import type { DeclaredConvolution, DeclaredDense, Layer, Mapped } from './layers.js';
import { addPerImage, downsample2x, silu, upsample2x } from './ops.js';
import { zeros } from './parameters.js';
import type { ParameterList } from './parameters.js';

/** Sets some elements of a map [n,h,w,c] to 0 during training and scales up the rest; `name` is the block's. */
export type Dropout = (h: Tensor4D, name: string) => Tensor4D;

/** A feature map, perhaps with another beside it, and the maps of its level's embedding. */
export interface Conditioned {
  h: Tensor4D;
  beside?: Tensor4D | undefined;
  /** Whether the map has another use after this one. */
  twice?: boolean;
  level: Mapped;
  dropout?: Dropout | undefined;
}

export interface ResidualOptions {
  in: number;
  out: number;
  groups: number;
  /** Width of the level's embedding. */
  width: number;
  /** The block's map of the level's embedding is added to these. */
  levelMaps: DeclaredDense[];
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

/** A block's result, and its input for a later use: see groupNormBeside. */
export interface Transformed {
  h: Tensor4D;
  again: Tensor4D;
}

const resamplings = { down: downsample2x, up: upsample2x };

/**
 * Group norm, SiLU, convolution, plus a projection of the level, then the same again; added to the input, through a 1x1
 * convolution where the channels or the sides change. The last convolution starts at zero, so the block starts as its skip.
 * Ho et al. 2020, app. B; resampling as Song et al. 2021, app. H.
 */
export function residualBlock(list: ParameterList, name: string, options: ResidualOptions): Layer<Conditioned, Transformed> {
  const { in: from, out, groups, biases: bias = false, resample, sumScale = 1, epsilon } = options;
  const resampled = resample ? resamplings[resample] : (x: Tensor4D) => x;
  const norm1 = groupNormWithSkip(list, `${name}.norm1`, { channels: from, groups, epsilon });
  const conv1 = convolutionParameters(list, `${name}.conv1`, { in: from, out, bias });
  const conditioned = levelNorm(list, name, { ...options, conv1 });
  const conv2 = convolution(list, `${name}.conv2`, { in: out, out, init: zeros, bias });
  const skip: Layer<Tensor4D> = from === out && !resample ? (_, x) => x : convolution(list, `${name}.skip`, { in: from, out, side: 1, bias });
  return (weights, { h, beside, twice = false, level, dropout = (x) => x }) => {
    const { y: normal, x: around, again } = norm1(weights, { x: h, beside, twice });
    const first = conditioned(weights, { h: resampled(normal), level });
    const sum = conv2(weights, dropout(first, name), { other: skip(weights, resampled(around)) });
    return { h: sumScale === 1 ? sum : tf.mul(sum, sumScale), again };
  };
}

/** The first convolution and the second norm with its SiLU, where the level enters: silu(norm(h + shift)), or silu(norm(h) (1 + scale) + shift). */
function levelNorm(list: ParameterList, name: string, { conv1, out, groups, width, levelMaps, scaleShift = false, epsilon }: ResidualOptions & { conv1: DeclaredConvolution }): Layer<Pick<Conditioned, 'h' | 'level'>, Tensor4D> {
  const project = denseParameters(list, `${name}.level`, { in: width, out: scaleShift ? 2 * out : out });
  levelMaps.push(project);
  const normal = normOfConvolution(conv1, normParameters(list, `${name}.norm2`, { channels: out, groups, silu: !scaleShift, epsilon }));
  if (!scaleShift) return (weights, { h, level }) => normal(weights, h, level(project));
  return (weights, { h, level }) => {
    const [scale, shift] = tf.split(level(project), 2, 1) as [Tensor2D, Tensor2D];
    return silu(addPerImage(mulPerImage(normal(weights, h), tf.add(scale, 1)), shift));
  };
}

/** x [n,h,w,c] times one value per image and channel, v [n,c]; by a product with a column of ones, for the same reason as addPerImage. */
function mulPerImage(x: Tensor4D, v: Tensor2D): Tensor4D {
  const [n, h, w, c] = x.shape;
  return tf.mul(x, tf.reshape(tf.matMul(tf.ones([n, h * w, 1]), tf.reshape(v, [n, 1, c])), x.shape));
}
