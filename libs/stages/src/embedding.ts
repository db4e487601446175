import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import { type ExtractorFacts, extractorFacts, type FeatureExtractor } from '@elucidate/training/feature-extractor';
import { features, type ImageFeatures } from '@elucidate/training/features';
import { areBytes, type Images } from '@elucidate/training/images';
import type { StageContext, StageFiles } from './context.js';
import { programFeatures } from './programs/embed.js';

/** What turns images into features: a network of ours, or a program. */
export type AnyExtractor = FeatureExtractor | ({ kind: 'program' } & ProgramSpec);

export interface EmbeddingRequest {
  extractor: AnyExtractor;
  images: Images;
  /** What the images are, as a file name. */
  name: string;
  range: number;
  /** Fraction done. */
  onProgress(fraction: number): void;
}

export interface Embedding {
  features: ImageFeatures;
  /** How the extractor treats such images, for the evaluator's fingerprint. */
  facts: ExtractorFacts;
  versions?: Readonly<Record<string, string>>;
}

/** Features of images, by any extractor. */
export async function embedded({ extractor, images, name, range, onProgress }: EmbeddingRequest, files: StageFiles, context: StageContext): Promise<Embedding> {
  if (extractor.kind !== 'program') return { features: await features(extractor, images, { range, signal: context.signal, onProgress }), facts: extractorFacts(extractor, images, range) };
  const found = await programFeatures({ program: extractor, images, name, range }, files, { ...context, onProgress: ({ fraction }) => onProgress(fraction), onLog: context.onLog.bind(context) });
  return { ...found, facts: { layer: `of the program, ${found.features.d}`, inputRange: areBytes(images) ? [-range, range] : 'data units', resize: 'by the program' } };
}
