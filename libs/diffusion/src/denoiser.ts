import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Network } from './network.js';
import { scalings } from './preconditioning.js';
import type { Normalisation, Parameterisation, ScalingOptions } from './preconditioning.js';

/** x0-hat in data units for y = x0 + sigma eps, [n,h,w,c]. The caller owns the result; y is not modified or disposed. */
export type Denoiser = (y: Tensor4D, sigma: number) => Tensor4D;

/** A denoiser that computes on numbers: it awaits the values of y, which a GPU returns asynchronously. */
export type ReadingDenoiser = (y: Tensor4D, sigma: number) => Promise<Tensor4D>;

export interface DenoiserOptions extends ScalingOptions {
  kind: Parameterisation;
  /** The scalar for sigma that the network is conditioned on; see noiseConditioning. */
  conditioning(sigma: number): number;
  /** The network's sinusoids of these scalars, [n,features], computed on the host; absent: the network computes them. The caller owns them. */
  embedding?: ((levels: readonly number[]) => Tensor2D) | undefined;
}

/** What a denoiser call is computed from, as tensors: y [n,h,w,c], and numbers of its level. */
interface DenoiserTensors {
  y: Tensor4D;
  cIn: Scalar;
  cOut: Scalar;
  /** Absent: 0. */
  cSkip?: Scalar;
  /** What the network is conditioned on, [n]. */
  level: Tensor1D;
  waves?: Tensor2D;
}

/** Runs the same work again and again with other numbers in its tensors, perhaps at less cost. */
export type Repeated = <Inputs extends object>(work: (inputs: Inputs) => Tensor) => (inputs: Inputs) => Tensor;

const asItIs: Repeated = (work) => work;

/** D(y; sigma) = cSkip y + cOut F(cIn y; level). Only the network's input is normalised, and the result is already divided by b. */
export function denoiserOf(network: Network, options: DenoiserOptions, repeated: Repeated = asItIs): Denoiser {
  const compute = repeated(({ y, cIn, cOut, cSkip, level, waves }: DenoiserTensors) => tf.tidy(() => {
    const output = tf.mul(network(normalised(tf.mul(y, cIn), options.normalisation), { level, waves }), cOut);
    return cSkip ? tf.add(tf.mul(y, cSkip), output) : output;
  }));
  return (y, sigma) => tf.tidy(() => {
    const { cSkip, cOut, cIn } = scalings(options.kind, sigma, options);
    const levels = Array.from({ length: y.shape[0] }, () => options.conditioning(sigma));
    return compute({ y, cIn: tf.scalar(cIn), cOut: tf.scalar(cOut), ...levelTensors(levels, options), ...(cSkip !== 0 && { cSkip: tf.scalar(cSkip) }) }) as Tensor4D;
  });
}

/** What a network is conditioned on, and its sinusoids where they are computed on the host; all owned by the caller. */
export function levelTensors(levels: readonly number[], { embedding }: Pick<DenoiserOptions, 'embedding'>): { level: Tensor1D; waves?: Tensor2D } {
  return { level: tf.tensor1d([...levels]), ...(embedding && { waves: embedding(levels) }) };
}

/** x [n,h,w,c] as the network sees it: divided by each image's own standard deviation if 'per-sample'. Chen 2023, Alg. 2. */
export function normalised(x: Tensor4D, normalisation: Normalisation): Tensor4D {
  if (normalisation !== 'per-sample') return x;
  return tf.tidy(() => {
    const pixels = tf.reshape(x, [x.shape[0], -1]);
    const centred = tf.sub(pixels, tf.mean(pixels, 1, true));
    // keeps a constant image finite; negligible against the variance of an input already scaled to about 1
    const std = tf.sqrt(tf.add(tf.mean(tf.square(centred), 1, true), 1e-12));
    return tf.reshape(tf.div(pixels, std), x.shape);
  });
}

/** The same denoiser with a count of its calls: one call is one NFE for every image of the batch. */
export function counted<Y, X>(denoiser: (y: Y, sigma: number) => X): { denoiser: (y: Y, sigma: number) => X; calls(): number } {
  let calls = 0;
  return {
    denoiser: (y, sigma) => {
      calls += 1;
      return denoiser(y, sigma);
    },
    calls: () => calls,
  };
}
