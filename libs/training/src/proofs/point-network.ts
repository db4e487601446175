import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { levelEmbedding } from '@elucidate/diffusion/embedding';
import { dense, type Layer } from '@elucidate/diffusion/layers';
import { silu } from '@elucidate/diffusion/ops';
import { initialWeights, type ParameterList, parameterList, type Weights, zeros } from '@elucidate/diffusion/parameters';

/** A network for points in the plane, [n,1,1,2], in the form of a U-Net's. */
export interface PointNetwork {
  /** Starting weights, the caller's; its output starts at zero. */
  init(seed: number): Record<string, Tensor>;
  apply(weights: Weights, x: Tensor4D, c: Tensor1D): Tensor4D;
}

export interface PointNetworkConfig {
  /** Units of a hidden layer. */
  width: number;
  /** Hidden layers. */
  depth: number;
}

/** Sinusoids of the level and the width of its embedding. */
const level = { features: 16, width: 32 } as const;

/** A multilayer perceptron whose every hidden layer is told the noise level. */
export function pointNetwork({ width, depth }: PointNetworkConfig): PointNetwork {
  const list = parameterList();
  const embed = levelEmbedding(list, 'level', level);
  const hidden = Array.from({ length: depth }, (_, i) => hiddenLayer(list, `${i}`, { in: i === 0 ? 2 : width, out: width }));
  const head = dense(list, 'head', { in: width, out: 2, init: zeros });
  return {
    init: (seed) => initialWeights(list.parameters, seed),
    apply: (weights, x, c) => tf.tidy(() => {
      const told = embed(weights, c);
      const points = tf.reshape(x, [x.shape[0], 2]) as Tensor2D;
      const last = hidden.reduce((h, layer) => layer(weights, { h, told }), points);
      return tf.reshape(head(weights, last), x.shape);
    }),
  };
}

interface Told {
  h: Tensor2D;
  told: Tensor2D;
}

function hiddenLayer(list: ParameterList, name: string, channels: { in: number; out: number }): Layer<Told, Tensor2D> {
  const map = dense(list, `${name}.map`, channels);
  const project = dense(list, `${name}.level`, { in: level.width, out: channels.out });
  return (weights, { h, told }) => silu(tf.add(map(weights, h), project(weights, told)));
}
