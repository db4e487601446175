import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { HostTensor, HostWeights } from './host-weights.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './safetensors.js';
import { writeWhole } from './write-whole.js';

/** Sets of weights by name, "weights" and "ema", as stored in one file: tensor "ema/down0.kernel". */
export type WeightSets = Readonly<Record<string, HostWeights>>;

/** Writes weight sets to a safetensors file atomically. */
export async function writeWeights(path: string, sets: WeightSets, metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  await writeWhole(path, encodeSafetensors({ tensors: tensorsOf(sets), metadata }));
}

/** Reads one set of weights from a file. Throws artifact.corrupt if the file is incomplete or has no such set. */
export async function readWeights(path: string, set: string): Promise<HostWeights> {
  return weightsOf(decodeSafetensors(await readFile(path), path), set, path);
}

/** Weight sets as the tensors of a file. */
export function tensorsOf(sets: WeightSets): SafetensorsFile['tensors'] {
  return Object.fromEntries(Object.entries(sets).flatMap(([set, weights]) => Object.entries(weights).map(([name, { shape, data }]) => [`${set}/${name}`, { dtype: 'F32' as const, shape, data }])));
}

/** One set of weights from a file; `path` is used in the message. Throws artifact.corrupt if the file has no such set. */
export function weightsOf({ tensors }: SafetensorsFile, set: string, path: string): HostWeights {
  const chosen = Object.entries(tensors).filter((entry): entry is [string, HostTensor & { dtype: 'F32' }] => entry[0].startsWith(`${set}/`) && entry[1].dtype === 'F32');
  if (chosen.length === 0) throw new ElucidateError('artifact.corrupt', `${path} holds no weights named "${set}"; remove it and let its stage run again`, { details: { file: path, set } });
  return Object.fromEntries(chosen.map(([name, { shape, data }]) => [name.slice(set.length + 1), { shape, data }]));
}
