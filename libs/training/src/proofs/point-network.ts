import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { conditionEmbedding } from '@elucidate/diffusion/embedding';
import { dense, type Layer } from '@elucidate/diffusion/layers';
import type { Condition } from '@elucidate/diffusion/network';
import { silu } from '@elucidate/diffusion/ops';
import { initialWeights, type ParameterList, parameterList, type Weights, zeros } from '@elucidate/diffusion/parameters';

/** A network for points in the plane, [n,1,1,2], with the interface of a U-Net. */
export interface PointNetwork {
  /** Starting weights, owned by the caller; its output starts at zero. */
  init(seed: number): Record<string, Tensor>;
  apply(weights: Weights, x: Tensor4D, condition: Condition): Tensor4D;
}

export interface PointNetworkConfig {
  /** Units per hidden layer. */
  width: number;
  /** Hidden layers. */
  depth: number;
  /** Classes that it is conditioned on. Default 0: none. */
  classes?: number | undefined;
}

/** Sinusoids of the level and the width of its embedding. */
const level = { features: 16, width: 32 } as const;

/** A multilayer perceptron in which every hidden layer is given the condition. */
export function pointNetwork({ width, depth, classes }: PointNetworkConfig): PointNetwork {
  const list = parameterList();
  const embed = conditionEmbedding(list, 'level', { ...level, classes });
  const hidden = Array.from({ length: depth }, (_, i) => hiddenLayer(list, `${i}`, { in: i === 0 ? 2 : width, out: width }));
  const head = dense(list, 'head', { in: width, out: 2, init: zeros });
  return {
    init: (seed) => initialWeights(list.parameters, seed),
    apply: (weights, x, condition) => tf.tidy(() => {
      const embedded = embed(weights, condition);
      const points = tf.reshape(x, [x.shape[0], 2]) as Tensor2D;
      const last = hidden.reduce((h, layer) => layer(weights, { h, embedded }), points);
      return tf.reshape(head(weights, last), x.shape);
    }),
  };
}

interface Conditioned {
  h: Tensor2D;
  embedded: Tensor2D;
}

function hiddenLayer(list: ParameterList, name: string, channels: { in: number; out: number }): Layer<Conditioned, Tensor2D> {
  const map = dense(list, `${name}.map`, channels);
  const project = dense(list, `${name}.level`, { in: level.width, out: channels.out });
  return (weights, { h, embedded }) => silu(tf.add(map(weights, h), project(weights, embedded)));
}
