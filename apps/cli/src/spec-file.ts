import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec, type Spec } from '@elucidate/experiment/spec';

export interface SpecFile {
  text: string;
  spec: Spec;
}

/** Reads and checks a sweep file; "-" is standard input. Throws 'request.invalid' for a file that cannot be read, 'spec.invalid' with every mistake in it. */
export async function readSpecFile(path: string): Promise<SpecFile> {
  const text = await (path === '-' ? standardInput() : readFile(path, 'utf8')).catch((cause: NodeJS.ErrnoException) => {
    throw new ElucidateError('request.invalid', `Cannot read the sweep file ${JSON.stringify(path)}: ${cause.code ?? cause.message}. Name a YAML or JSON file, or - for standard input.`, { cause });
  });
  return { text, spec: parseSpec(text) };
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
