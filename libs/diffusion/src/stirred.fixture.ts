import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { randomStream } from './noise.js';
import type { Parameter } from './parameters.js';

/** Weights in general position: initially whole branches of a network are zero, which hides their gradients. */
export function stirred(parameters: readonly Parameter[]): Record<string, Tensor> {
  return Object.fromEntries(parameters.map(({ name, shape }, i) => {
    const stream = randomStream([4, i]);
    const size = shape.reduce((a, b) => a * b, 1);
    const std = shape.length > 1 ? 1 / Math.sqrt(size / shape.at(-1)!) : 0.3;
    return [name, tf.tensor(Float32Array.from({ length: size }, () => (name.endsWith('scale') ? 1 : 0) + std * stream.normal()), [...shape])];
  }));
}
