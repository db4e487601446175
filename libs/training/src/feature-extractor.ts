import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { ElucidateError } from '@elucidate/experiment/errors';
import { classifierSize, type ClassifierTensors, convolutionFeatures, evaluatorLayer, featureCount } from './classifier.js';
import { luma } from './datasets/fit-picture.js';
import type { HostWeights } from './host-weights.js';
import { areBytes, type Images, pixelsOf } from './images.js';

/** The classifier that ships with the project, weight set "weights" of a safetensors file; `standardExtractors` in libs/experiment has its sha256 and accuracy. */
export const standardExtractorFile = fileURLToPath(new URL('../assets/fashion-mnist-extractor.safetensors', import.meta.url));

/** Turns images into the features that FID and KID compare: a classifier of grey images, untrained convolutions, or the pixels themselves. */
export type FeatureExtractor =
  | { kind: 'classifier'; weights: HostWeights }
  | { kind: 'random'; weights: HostWeights; channels: number }
  | { kind: 'identity' };

/** How images are prepared for an extractor and what it returns, as named in an evaluator's fingerprint. */
export interface ExtractorFacts {
  layer: string;
  /** Pixel range of its input; floats are passed unchanged. */
  inputRange: readonly [number, number] | 'data units';
  /** How images of other sizes and colours are converted to the extractor's. */
  resize: string;
}

/** Width, height and channels of images. */
type ImageShape = Pick<Images, 'size' | 'channels'>;

interface Kind<E extends FeatureExtractor> {
  /** Features per image. */
  width(images: ImageShape): number;
  layer(images: ImageShape): string;
  resize(images: ImageShape): string;
  /** Features [n, width] of images [n, h, w, c]; `weights` are the extractor's own. */
  apply(x: tf.Tensor4D, weights: ClassifierTensors): tf.Tensor2D;
  /** Channel counts it accepts, if not any. */
  channels?(extractor: E): number;
}

const kinds: { readonly [K in FeatureExtractor['kind']]: Kind<Extract<FeatureExtractor, { kind: K }>> } = {
  classifier: {
    width: () => featureCount,
    layer: () => evaluatorLayer,
    resize: ({ channels }) => `${channels === 1 ? '' : 'luma of Rec. 601, then '}bilinear to ${classifierSize}x${classifierSize}, half-pixel centres`,
    apply: (x, weights) => convolutionFeatures(weights, atClassifierSize(inGrey(x))),
  },
  random: {
    width: () => featureCount,
    layer: () => `${evaluatorLayer}, untrained`,
    resize: () => 'none',
    apply: (x, weights) => convolutionFeatures(weights, x),
    channels: ({ channels }) => channels,
  },
  identity: {
    width: pixelsOf,
    layer: (images) => `pixels, ${pixelsOf(images)}`,
    resize: () => 'none',
    apply: (x) => tf.reshape(x, [x.shape[0], -1]),
  },
};

const kindOf = (extractor: FeatureExtractor): Kind<FeatureExtractor> => kinds[extractor.kind] as Kind<FeatureExtractor>;

/** How an extractor treats images of this shape; bytes are mapped to [-range, range]. */
export function extractorFacts(extractor: FeatureExtractor, images: Images, range = 1): ExtractorFacts {
  const { layer, resize } = kindOf(extractor);
  return { layer: layer(images), inputRange: areBytes(images) ? [-range, range] : 'data units', resize: resize(images) };
}

/** How many features an extractor returns for images of this shape. Throws if it cannot read them. */
export function featureWidth(extractor: FeatureExtractor, images: ImageShape): number {
  const { width, channels } = kindOf(extractor);
  const wanted = channels?.(extractor) ?? images.channels;
  if (wanted !== images.channels) throw new ElucidateError('stage.failed', `The ${extractor.kind} extractor reads images of ${wanted} channels, these have ${images.channels}; give its spec the data set's channels`);
  return width(images);
}

/** Features [n, width] of images [n, h, w, c]. */
export function applyExtractor(extractor: FeatureExtractor, x: tf.Tensor4D, weights: ClassifierTensors): tf.Tensor2D {
  return tf.tidy(() => kindOf(extractor).apply(x, weights));
}

/** The one channel the classifier reads: grey unchanged, colour by its luma (ITU-R BT.601). */
function inGrey(x: tf.Tensor4D): tf.Tensor4D {
  return x.shape[3] === 1 ? x : tf.sum<tf.Tensor4D>(tf.mul(x, [...luma]), 3, true);
}

function atClassifierSize(x: tf.Tensor4D): tf.Tensor4D {
  return x.shape[1] === classifierSize ? x : tf.image.resizeBilinear(x, [classifierSize, classifierSize], false, true);
}
