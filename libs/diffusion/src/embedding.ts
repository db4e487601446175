import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { dense } from './layers.js';
import type { Layer } from './layers.js';
import type { Condition } from './network.js';
import { hasKernel, kernel, silu } from './ops.js';
import { fanIn } from './parameters.js';
import type { ParameterList } from './parameters.js';

/**
 * Slowest and fastest angular frequency, radians per unit of c. The slowest turns less than once over t and gamma in [0, 1] and
 * ln(sigma)/4 in about [-1.6, 1.1], so no two levels look alike; the fastest separates levels a few thousandths apart.
 */
const slowest = 1;
const fastest = 256;

/** Angular frequencies, radians per unit of c. */
const frequenciesOf = (half: number): number[] => Array.from({ length: half }, (_, i) => slowest * (fastest / slowest) ** (half === 1 ? 0 : i / (half - 1)));

/**
 * cos and sin of c at width/2 geometrically spaced frequencies, [n] -> [n,width]. After Vaswani et al. 2017, sec. 3.5.
 * Raw sigma, up to 80 or so, is a poor fit, and is offered for comparison: above 2 pi even the slowest frequency has completed a
 * full turn. All levels still differ, but not smoothly: near 80, two levels 3 % apart are as dissimilar as any two.
 */
export function sinusoids(c: Tensor1D, width: number): Tensor2D {
  const half = width / 2;
  const frequencies = frequenciesOf(half);
  if (hasKernel('Sinusoids')) return tf.tidy(() => kernel('Sinusoids', { c, frequencies: tf.tensor1d(frequencies) })[0] as Tensor2D);
  return tf.tidy(() => {
    const angles = tf.mul(tf.reshape(c, [-1, 1]), tf.tensor2d(frequencies, [1, half]));
    return tf.concat([tf.cos(angles), tf.sin(angles)], 1) as Tensor2D;
  });
}

/**
 * The same on the host, [n,width] row by row: a GPU's own sines of large angles may be off by 1e-4. In float64, but for the angles, which are rounded to
 * float32 as engines round them: these are the very numbers of the engines whose sines are JavaScript's (`cpu`, `simd`).
 */
export function sinusoidNumbers(levels: readonly number[], width: number): Float32Array {
  const frequencies = frequenciesOf(width / 2).map(Math.fround);
  const waves = new Float32Array(levels.length * width);
  levels.forEach((level, n) => {
    const row = n * width;
    // images at the same level, as in sampling, have the same waves
    if (n > 0 && level === levels[n - 1]) return void waves.copyWithin(row, row - width, row);
    const c = Math.fround(level);
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(c * frequency);
      waves[row + i] = Math.cos(angle);
      waves[row + frequencies.length + i] = Math.sin(angle);
    });
  });
  return waves;
}

export interface EmbeddingOptions {
  /** Number of sinusoids of the level. */
  features: number;
  width: number;
  /** Number of classes that the network is conditioned on. Default 0: none. */
  classes?: number | undefined;
  /** How many numbers describe the augmentation of an image. Default 0: none. */
  augmentationLabels?: number | undefined;
}

/**
 * One vector per image for its condition, [n,width]: the level's sinusoids, dense, SiLU, dense, plus the vector of the image's class, then the
 * SiLU that precedes every projection of it. The class is added as in ADM (Dhariwal & Nichol 2021, guided_diffusion/unet.py, label_emb), and its vectors
 * start at unit variance as there; no class is the zero vector, as in EDM (networks.py, label_dropout). The augmentation of an image is added to the sinusoids
 * through a linear map without bias, so that no augmentation adds zero (EDM, app. F.2).
 */
export function conditionEmbedding(list: ParameterList, name: string, { features, width, classes = 0, augmentationLabels = 0 }: EmbeddingOptions): Layer<Condition, Tensor2D> {
  const first = dense(list, `${name}.0`, { in: features, out: width });
  const second = dense(list, `${name}.1`, { in: width, out: width });
  const table = classes === 0 ? undefined : list.declare<Tensor2D>({ name: `${name}.label`, shape: [classes, width], init: fanIn(1) });
  const augmented = augmentationLabels === 0 ? undefined : list.declare<Tensor2D>({ name: `${name}.augmentation`, shape: [augmentationLabels, features], init: fanIn(augmentationLabels) });
  return (weights, { level, waves = sinusoids(level, features), label, augmentation }) => {
    const input = augmented && augmentation ? tf.add<Tensor2D>(waves, tf.matMul(augmentation, augmented(weights))) : waves;
    const embedded = second(weights, silu(first(weights, input)));
    return silu(table && label ? tf.add(embedded, tf.matMul(label, table(weights))) : embedded);
  };
}
