import { writeFile } from 'node:fs/promises';
import { encodeSafetensors, type StoredTensor } from '@elucidate/training/safetensors';

/** Writes tensors that fit in memory as a safetensors file. */
export async function writeTensors(path: string, tensors: Readonly<Record<string, StoredTensor>>): Promise<void> {
  await writeFile(path, encodeSafetensors({ tensors, metadata: {} }));
}
