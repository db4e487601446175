import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { classifierLogits, type ClassifierTensors } from './classifier.js';
import type { LabelledImages } from './datasets/idx-sets.js';
import { applyExtractor, type FeatureExtractor, featureWidth } from './feature-extractor.js';
import { type HostWeights, toTensors } from './host-weights.js';
import { type Images, pickImages } from './images.js';

export interface FeatureHooks {
  /** Bytes are mapped to [-range, range]. Default 1. */
  range?: number;
  /** Images per batch. Default 250. */
  batch?: number;
  signal?: AbortSignal;
  /** Fraction done, 0..1. */
  onProgress?(fraction: number): void;
}

/** Features of n images, [n, d] row by row. */
export interface ImageFeatures {
  values: Float32Array;
  n: number;
  d: number;
}

/** Features of images of any size. */
export async function features(extractor: FeatureExtractor, images: Images, hooks: FeatureHooks = {}): Promise<ImageFeatures> {
  const d = featureWidth(extractor, images);
  const weights = extractor.kind === 'identity' ? {} : extractor.weights;
  const values = await overBatches(weights, images, hooks, { width: d, apply: (tensors, x) => applyExtractor(extractor, x, tensors) });
  return { values, n: images.count, d };
}

/** Fraction of labelled grey images whose largest logit is that of the right class. */
export async function accuracyOf(weights: HostWeights, images: LabelledImages, hooks: FeatureHooks = {}): Promise<number> {
  const classifier = { kind: 'classifier', weights } as const;
  const classOf = (tensors: ClassifierTensors, x: tf.Tensor4D) => tf.cast(tf.argMax(classifierLogits(tensors, applyExtractor(classifier, x, tensors)), 1), 'float32');
  const classes = await overBatches(weights, images, hooks, { width: 1, apply: classOf });
  return classes.reduce((right, found, i) => right + (found === images.labels.of[i] ? 1 : 0), 0) / images.count;
}

interface PerImage {
  /** Features per image. */
  width: number;
  apply(tensors: ClassifierTensors, x: tf.Tensor4D): tf.Tensor;
}

async function overBatches(weights: HostWeights, images: Images, { range, batch = 250, signal, onProgress }: FeatureHooks, { width, apply }: PerImage): Promise<Float32Array> {
  const tensors = toTensors(weights);
  const out = new Float32Array(images.count * width);
  try {
    for (let from = 0; from < images.count; from += batch) {
      signal?.throwIfAborted();
      const chosen = Array.from({ length: Math.min(batch, images.count - from) }, (_, i) => from + i);
      const found = tf.tidy(() => apply(tensors, tf.tensor4d(pickImages(images, chosen, range), [chosen.length, images.size, images.size, images.channels])));
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
