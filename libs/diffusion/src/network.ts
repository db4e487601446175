import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** What a network is given beside the noised image. */
export interface Condition {
  /** The noise level, one scalar an image, [n]; see noiseConditioning. */
  level: Tensor1D;
  /** The class of each image, [n,classes], see oneHot; absent: of no image. */
  label?: Tensor2D | undefined;
  /** While training, how each image was augmented, [n,numbers]; absent: not at all, as is every image that is sampled. */
  augmentation?: Tensor2D | undefined;
}

/** The raw network F: scaled input [n,h,w,c] and its condition; [n,h,w,c]. */
export type Network = (x: Tensor4D, condition: Condition) => Tensor4D;

/** Labels as rows of a 1 among zeros, [labels.length, classes], the caller's. A row of zeros has no class, so the network is unconditional there; as in EDM, networks.py. */
export function oneHot(labels: readonly (number | undefined)[], classes: number): Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => { if (label !== undefined) rows[i * classes + label] = 1; });
  return tf.tensor2d(rows, [labels.length, classes]);
}

/** The network for images of these classes; given nothing else but their levels, it stands wherever an unconditional one does. */
export function labelled(network: Network, label: Tensor2D): Network {
  return (x, condition) => network(x, { ...condition, label });
}
