import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { classifierFeatures, classifierLogits, classifierSize, type ClassifierTensors, featureCount } from './classifier.js';
import type { LabelledImages } from './fashion-mnist.js';
import { type HostWeights, toTensors } from './host-weights.js';
import { type ByteImages, channels, pickImages } from './images.js';

export interface FeatureHooks {
  /** Images at a time. Default 250. */
  batch?: number;
  signal?: AbortSignal;
  /** Share done, 0..1. */
  onProgress?(fraction: number): void;
}

/** What the classifier is fed, as an evaluator's fingerprint names it: bytes become these pixel values, and images of other sizes are resized. */
export const evaluatorInput = { inputRange: [-1, 1], resize: 'bilinear to 32x32, half-pixel centres' } as const;

/** Features [n, 64], row by row, of images of any size. */
export async function features(weights: HostWeights, images: ByteImages, hooks: FeatureHooks = {}): Promise<Float32Array> {
  return overBatches(weights, images, hooks, { width: featureCount, apply: classifierFeatures });
}

/** Share of labelled images whose largest logit is the right class's. */
export async function accuracyOf(weights: HostWeights, { images, labels }: LabelledImages, hooks: FeatureHooks = {}): Promise<number> {
  const classes = await overBatches(weights, images, hooks, { width: 1, apply: (tensors, x) => tf.cast(tf.argMax(classifierLogits(tensors, classifierFeatures(tensors, x)), 1), 'float32') });
  return classes.reduce((right, found, i) => right + (found === labels[i] ? 1 : 0), 0) / images.count;
}

interface PerImage {
  /** Numbers an image gives. */
  width: number;
  apply(tensors: ClassifierTensors, x: tf.Tensor4D): tf.Tensor;
}

async function overBatches(weights: HostWeights, images: ByteImages, { batch = 250, signal, onProgress }: FeatureHooks, { width, apply }: PerImage): Promise<Float32Array> {
  const tensors = toTensors(weights);
  const out = new Float32Array(images.count * width);
  try {
    for (let from = 0; from < images.count; from += batch) {
      signal?.throwIfAborted();
      const chosen = Array.from({ length: Math.min(batch, images.count - from) }, (_, i) => from + i);
      const found = tf.tidy(() => apply(tensors, resized(tf.tensor4d(pickImages(images, chosen), [chosen.length, images.size, images.size, channels]))));
      out.set(await found.data(), from * width);
      found.dispose();
      onProgress?.((from + chosen.length) / images.count);
      await setImmediate();
    }
  } finally {
    tf.dispose(tensors);
  }
  return out;
}

function resized(x: tf.Tensor4D): tf.Tensor4D {
  return x.shape[1] === classifierSize ? x : tf.image.resizeBilinear(x, [classifierSize, classifierSize], false, true);
}
