import { readFile } from 'node:fs/promises';
import type { HostWeights } from '@elucidate/training/host-weights';
import { decodeSafetensors } from '@elucidate/training/safetensors';
import { weightsOf } from '@elucidate/training/weights-file';
import { sha256 } from './files.js';

/** The name under which an extractor's file holds its weights. */
export const extractorSet = 'weights';

export interface ExtractorFile {
  readonly weights: HostWeights;
  /** sha256 of the file. */
  readonly hash: string;
}

/** Reads what an extractor stage wrote. Throws artifact.corrupt when the file is not whole or holds no extractor. */
export async function readExtractor(path: string): Promise<ExtractorFile> {
  const bytes = await readFile(path);
  return { weights: weightsOf(decodeSafetensors(bytes, path), extractorSet, path), hash: sha256(bytes) };
}
