import * as tf from '@tensorflow/tfjs-core';

/**
 * The network whose features FID and KID use: four convolutions from 32x32x1 to 4x4x64, averaged over space into 64 features,
 * then one linear layer to 10 classes. 76 thousand weights, 6.4 MFLOP an image. No normalisation layers, so an image's features
 * depend on that image alone.
 */
const convolutions = [
  { name: 'conv1', size: 5, from: 1, to: 24, stride: 2 },
  { name: 'conv2', size: 3, from: 24, to: 48, stride: 2 },
  { name: 'conv3', size: 3, from: 48, to: 64, stride: 1 },
  { name: 'conv4', size: 3, from: 64, to: 64, stride: 2 },
] as const;

/** Features per image. FID's bias at small n grows with their number. */
export const featureCount = 64;
export const classCount = 10;

/** Width and height of the images the classifier reads. */
export const classifierSize = 32;

/** The layer that the features are taken from, as an evaluator's fingerprint names it. */
export const evaluatorLayer = 'mean over space of relu(conv4), 64';

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Shapes of the convolutions' weights by name, in the order of initialisation, for images with this many channels. */
export function convolutionShapes(channels: number): Shapes {
  return Object.fromEntries(convolutions.flatMap(({ name, size, from, to }, i) => [[`${name}.kernel`, [size, size, i === 0 ? channels : from, to]], [`${name}.bias`, [to]]]));
}

/** Shapes of all the classifier's weights. */
export const classifierShapes: Shapes = { ...convolutionShapes(1), 'linear.kernel': [featureCount, classCount], 'linear.bias': [classCount] };

export type ClassifierTensors = Readonly<Record<string, tf.Tensor>>;

/** Features [n, 64] of images [n, h, w, c]: 32x32x1 for the classifier, the shape it was made for if the network is untrained. */
export function convolutionFeatures(weights: ClassifierTensors, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const last = convolutions.reduce<tf.Tensor4D>((x, { name, stride }) =>
      tf.relu(tf.add(tf.conv2d(x, weights[`${name}.kernel`] as tf.Tensor4D, stride, 'same'), weights[`${name}.bias`]!)), images);
    return tf.mean<tf.Tensor2D>(last, [1, 2]);
  });
}

/** Class logits [n, 10] of features [n, 64]. */
export function classifierLogits(weights: ClassifierTensors, features: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.add<tf.Tensor2D>(tf.matMul(features, weights['linear.kernel'] as tf.Tensor2D), weights['linear.bias']!));
}
