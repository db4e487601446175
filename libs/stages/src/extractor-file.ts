import { readFile } from 'node:fs/promises';
import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { programSchema } from '@elucidate/experiment/program-grammar';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from '@elucidate/training/safetensors';
import { tensorsOf, weightsOf } from '@elucidate/training/weights-file';
import type { AnyExtractor } from './embedding.js';
import { sha256 } from './files.js';

/** The name of the weight set in an extractor's file. */
export const extractorSet = 'weights';
/** The metadata entry that says what kind of extractor it is; classifiers have none. */
const extractorEntry = 'extractor';

/** The allowed values of that entry. */
const entries = [{ kind: 'identity' }, { kind: 'random', channels: 1 }, { kind: 'random', channels: 3 }] as const;

export interface ExtractorFile {
  readonly extractor: AnyExtractor;
  /** sha256 of the file. */
  readonly hash: string;
}

/** An extractor as its file. The pixels themselves need no weights, only a name, and neither does a program. */
export function encodeExtractor(extractor: AnyExtractor): Uint8Array {
  if (extractor.kind === 'identity' || extractor.kind === 'program') return encodeSafetensors({ tensors: {}, metadata: { [extractorEntry]: canonical(extractor) } });
  const tensors = tensorsOf({ [extractorSet]: extractor.weights });
  return encodeSafetensors({ tensors, metadata: extractor.kind === 'random' ? { [extractorEntry]: canonical({ kind: 'random', channels: extractor.channels }) } : {} });
}

/** Reads what an extractor stage wrote. Throws artifact.corrupt if the file is incomplete or contains no extractor. */
export async function readExtractor(path: string): Promise<ExtractorFile> {
  const bytes = await readFile(path);
  return { extractor: extractorOf(decodeSafetensors(bytes, path), path), hash: sha256(bytes) };
}

/** The extractor in a file; `path` is used in the message. */
export function extractorOf(file: SafetensorsFile, path: string): AnyExtractor {
  const entryText = file.metadata[extractorEntry];
  if (entryText === undefined) return { kind: 'classifier', weights: weightsOf(file, extractorSet, path) };
  const program = programSchema.safeParse(JSON.parse(entryText));
  if (program.success) return program.data;
  const entry = entries.find((known) => canonical(known) === entryText);
  if (entry === undefined) throw new ElucidateError('artifact.corrupt', `${path} says it is an extractor this version does not know, ${entryText}; remove it and let its stage run again`);
  return entry.kind === 'identity' ? entry : { ...entry, weights: weightsOf(file, extractorSet, path) };
}
