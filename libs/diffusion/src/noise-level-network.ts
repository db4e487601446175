import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, dense, groupNorm } from './layers.js';
import type { Layer } from './layers.js';
import { silu } from './ops.js';
import { initialWeights, parameterList, zeros } from './parameters.js';
import type { Parameter, ParameterList, Weights } from './parameters.js';

export interface NoiseLevelConfig {
  /** Channels of each level, finest first; each level halves the sides. All are divisible by `groups`. */
  channels: readonly number[];
  /** Number of groups of the group norms. */
  groups: number;
  /** Number of channels of the images. */
  inChannels: number;
}

/** Estimates logit(gamma) of noised images x_t = sqrt(gamma) b x0 + sqrt(1 - gamma) eps. */
export interface NoiseLevelNetwork {
  /** In the order of use, which is also the checkpoint's order. */
  parameters: readonly Parameter[];
  /** Initial weights, owned by the caller; the output starts at zero, gamma = 1/2. */
  init(seed: number): Record<string, Tensor>;
  /** x_t [n,h,w,inChannels], any h and w; returns logit(gamma) [n], owned by the caller. */
  apply(weights: Weights, x: Tensor4D): Tensor1D;
}

/**
 * A small residual network in the spirit of fast.ai's 22_noise-pred: a 5x5 convolution, one residual block per level, the mean over
 * positions, a linear head. Group norm where the lesson has batch norm, and no dropout: an image's estimate depends on no other image and
 * is the same in training and afterwards. Only the blocks contain norms, so that the skips preserve the noise's amplitude.
 */
export function noiseLevelNetwork({ channels, groups, inChannels }: NoiseLevelConfig): NoiseLevelNetwork {
  const list = parameterList();
  const enter = convolution(list, 'enter', { in: inChannels, out: channels[0]!, side: 5, bias: true });
  const stages = channels.flatMap((out, level) => {
    const block = residual(list, `${level}`, { channels: out, groups });
    return level === 0 ? [block] : [convolution(list, `${level}.shrink`, { in: channels[level - 1]!, out, stride: 2 }), block];
  });
  const head = dense(list, 'head', { in: channels.at(-1)!, out: 1, init: zeros });
  return {
    parameters: list.parameters,
    init: (seed) => initialWeights(list.parameters, seed),
    apply: (weights, x) => tf.tidy(() => {
      const h = stages.reduce((map, stage) => stage(weights, map), silu(enter(weights, x)));
      return tf.reshape(head(weights, positionMean(silu(h))), [x.shape[0]]);
    }),
  };
}

/** Group norm, SiLU, convolution, twice, added to the input; the last convolution starts at zero. */
function residual(list: ParameterList, name: string, { channels, groups }: { channels: number; groups: number }): Layer<Tensor4D> {
  const norm1 = groupNorm(list, `${name}.norm1`, { channels, groups });
  const conv1 = convolution(list, `${name}.conv1`, { in: channels, out: channels });
  const norm2 = groupNorm(list, `${name}.norm2`, { channels, groups });
  const conv2 = convolution(list, `${name}.conv2`, { in: channels, out: channels, init: zeros });
  return (weights, x) => tf.add(x, conv2(weights, norm2(weights, conv1(weights, norm1(weights, x)))));
}

/** [n,h,w,c] -> [n,c]; computed as a product with a row of 1/(h w), because sums over middle axes are slow. */
function positionMean(x: Tensor4D): tf.Tensor2D {
  const [n, h, w, c] = x.shape;
  return tf.reshape(tf.matMul(tf.fill([n, 1, h * w], 1 / (h * w)), tf.reshape(x, [n, h * w, c])), [n, c]);
}
