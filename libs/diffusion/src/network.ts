import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** What a network is given besides the noised image. */
export interface Condition {
  /** The noise level, one scalar per image, [n]; see noiseConditioning. */
  level: Tensor1D;
  /** Its sinusoids, [n,features], if the caller has computed them (UNet.embedding); absent: the network computes them. */
  waves?: Tensor2D | undefined;
  /** The class of each image, [n,classes], see oneHot; absent: no image has a class. */
  label?: Tensor2D | undefined;
  /** During training, how each image was augmented, [n,numbers]; absent: no augmentation, as in sampling. */
  augmentation?: Tensor2D | undefined;
}

/** The raw network F: takes the scaled input [n,h,w,c] and its condition; returns [n,h,w,c]. */
export type Network = (x: Tensor4D, condition: Condition) => Tensor4D;

/** One-hot rows of labels, [labels.length, classes], owned by the caller. A row of zeros means no class, so the network is unconditional there; as in EDM, networks.py. */
export function oneHot(labels: readonly (number | undefined)[], classes: number): Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => { if (label !== undefined) rows[i * classes + label] = 1; });
  return tf.tensor2d(rows, [labels.length, classes]);
}

/** The network for images of these classes; it takes only their levels, so it can replace an unconditional network. */
export function labelled(network: Network, label: Tensor2D): Network {
  return (x, condition) => network(x, { ...condition, label });
}
