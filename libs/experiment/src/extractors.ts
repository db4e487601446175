import { z } from 'zod';
import { seedSchema } from './design.js';
import { programSchema } from './program-grammar.js';

/** Which network's features are compared, with everything that decides its weights. */
export const extractorSchema = z.discriminatedUnion('kind', [
  /** The standard classifier that ships with the project. `weights` is the sha256 of its safetensors file. */
  z.strictObject({ kind: z.literal('standard'), weights: z.string() }),
  /** The standard classifier, trained on a labelled data set by the committed recipe. */
  z.strictObject({ kind: z.literal('trained'), dataset: z.enum(['fashion-mnist', 'mnist']), seed: seedSchema, epochs: z.int().min(1).max(100) }),
  /** A convolutional network as initialised. */
  z.strictObject({ kind: z.literal('random'), seed: seedSchema, channels: z.union([z.literal(1), z.literal(3)]) }),
  /** The pixels themselves. */
  z.strictObject({ kind: z.literal('identity') }),
  programSchema,
]);
export type ExtractorSpec = z.infer<typeof extractorSchema>;

/** A feature extractor that ships with the project. */
export interface StandardExtractor {
  /** sha256 of its safetensors file. */
  weights: string;
  /** Accuracy on the test split, 0..1. */
  accuracy: number;
  /** Incremented when the layers change. */
  architecture: number;
  /** Parameters with which an `extractor` stage of kind trained reproduces the same bytes, on `madeOn`. */
  recipe: { seed: number; epochs: number };
  /** The engine it was made on; others differ in the last digits. */
  madeOn: string;
}

/** The standard extractors, by the data set they were trained on. One serves every resolution: images are resized to 32x32 first. */
export const standardExtractors: Readonly<Record<'fashion-mnist', StandardExtractor>> = {
  'fashion-mnist': { weights: 'e00c8ab9f7fbf80f00272aac86f79ec326c703aed71b193f956218d7bd2aa678', accuracy: 0.9205, architecture: 1, recipe: { seed: 1, epochs: 16 }, madeOn: 'wasm' },
};

/** Features of an image by the classifier, trained or not. */
export const featureWidth = 64;

/** Floating-point operations of one forward pass of the classifier over a 32x32 image; an estimate, for work and ETA only. */
export const classifierForwardFlops = 6.4e6;
