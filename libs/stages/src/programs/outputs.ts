import { stat } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { openTensors, type TensorReader } from '@elucidate/training/tensor-parts';

/** The path of a file that a program must have written. Throws stage.failed. */
export async function requireOutput(path: string, name: string, remedy: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && found.size > 0) return path;
  throw new ElucidateError('stage.failed', `The program ended with exit code 0, but its ${name} ${found === undefined ? 'are not there' : found.isFile() ? 'are an empty file' : 'are no file'} (${path}): ${remedy} before it ends`);
}

export interface ExpectedTensor {
  name: string;
  dtypes: readonly string[];
  /** null: any size. */
  shape: readonly (number | null)[];
}

/** Opens a safetensors file that a program wrote, which the caller closes. Throws stage.failed unless it has this tensor. */
export async function openOutput(path: string, { name, dtypes, shape }: ExpectedTensor): Promise<TensorReader> {
  await requireOutput(path, name, `it must write a safetensors file with the tensor "${name}" to \`paths.${name}\``);
  const file = await openTensors(path).catch((cause: unknown) => {
    throw new ElucidateError('stage.failed', `The ${name} that the program wrote are no safetensors file: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const found = file.tensors[name];
  if (found !== undefined && dtypes.includes(found.dtype) && found.shape.length === shape.length && shape.every((size, i) => size === null || size === found.shape[i])) return file;
  await file.close();
  const wanted = `"${name}", ${dtypes.join(' or ')} [${shape.map((size) => size ?? 'any').join(', ')}]`;
  const tensors = Object.entries(file.tensors).map(([other, entry]) => `"${other}", ${entry.dtype} [${entry.shape.join(', ')}]`);
  throw new ElucidateError('stage.failed', `The program was to write the tensor ${wanted}; its file has ${tensors.length === 0 ? 'none' : tensors.slice(0, 10).join('; ')}`);
}
