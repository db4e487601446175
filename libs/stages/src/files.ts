import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { OutputFile } from '@elucidate/experiment/execution';
import type { StageFiles } from './context.js';

/** The path of one output of one input. Throws stage.input_missing. */
export function inputPath({ stageId, inputs }: StageFiles, input: string, output: string): string {
  const path = inputs[input]?.[output];
  if (path === undefined) throw new ElucidateError('stage.input_missing', `Stage ${stageId} needs "${output}" of its input "${input}", which it was not given`);
  return path;
}

/** An output file in the stage's folder, yet to be written, and its kind. */
export function outputFile({ outDir }: StageFiles, name: string): OutputFile {
  return { path: join(outDir, name), mediaType: mediaTypeOf(name) };
}

/** Writes an output file. */
export async function writeOutput(files: StageFiles, name: string, bytes: Uint8Array): Promise<OutputFile> {
  const output = outputFile(files, name);
  await writeFile(output.path, bytes);
  return output;
}

/** sha256 as 64 hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const mediaTypes: Readonly<Record<string, string>> = {
  safetensors: 'application/vnd.safetensors',
  json: 'application/json',
  png: 'image/png',
};

function mediaTypeOf(name: string): string {
  return mediaTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
