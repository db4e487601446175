import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@elucidate/diffusion/noise';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import type { Images } from '@elucidate/training/images';
import type { StageContext, StageFiles } from '../context.js';
import { sha256 } from '../files.js';
import { withoutStderr } from './ending.js';
import { writeArchive } from './pack.js';
import { programFiles } from './program-files.js';

/** What the checks of networks and of extractors share. */

/** What a check found of one thing that a sweep may ask of a program. */
export interface CheckFinding {
  what: string;
  /** `no`: the program says that it cannot do it, which is its right where it is no duty. */
  verdict: 'yes' | 'no' | 'wrong';
  detail: string;
}

/** A finding as it is made. */
export interface FreshFinding extends CheckFinding {
  /** The last lines of standard error, if the detail ends with them. */
  stderr: readonly string[];
  /** The detail for a reader who has seen these. */
  brief: string;
}

export interface CheckedProgram {
  findings: CheckFinding[];
  /** What the program says of itself; undefined if its first run failed. */
  versions: Readonly<Record<string, string>> | undefined;
}

export interface CheckRequest {
  folder: string;
  command: readonly string[];
  settings: ProgramSpec['settings'];
  /** Where tasks and outputs are left. */
  place: string;
  large?: boolean;
  /** Pixels per side of the images; they are grey. */
  resolution: 16 | 32 | 64;
  onFinding(finding: FreshFinding): void;
}

/** Images that a program is checked with, and classes they have. */
export const count = 64;
const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);

/** Bytes of noise, dark or light: enough to learn something of, and at hand everywhere. */
export function noisyImages(size: number): Images {
  const random = randomStream(1);
  const of = Uint16Array.from({ length: count }, (_, i) => i % classes.length);
  const data = Uint8Array.from({ length: count * size * size }, (_, k) => Math.min(255, Math.max(0, 60 + 15 * of[Math.floor(k / size ** 2)]! + 30 * random.normal())));
  return { count, size, channels: 1, data, labels: { classes, of } };
}

/** Tries one thing; `duty`: a program that says it cannot do it is wrong. Undefined if it failed. */
export type Attempt = <T>(what: string, duty: boolean, run: () => Promise<T>, detail: (result: T) => string) => Promise<T | undefined>;

/** Records what is found in `findings`. */
export function attempting({ onFinding }: Pick<CheckRequest, 'onFinding'>, context: StageContext): { findings: CheckFinding[]; attempt: Attempt } {
  const findings: CheckFinding[] = [];
  const found = (finding: CheckFinding, fresh = { stderr: [] as readonly string[], brief: finding.detail }): void => {
    findings.push(finding);
    onFinding({ ...finding, ...fresh });
  };
  const attempt: Attempt = async (what, duty, run, detail) => {
    try {
      const result = await run();
      found({ what, verdict: 'yes', detail: detail(result) });
      return result;
    } catch (error) {
      if (context.signal.aborted || !(error instanceof ElucidateError)) throw error;
      found({ what, verdict: !duty && error.message.includes('exit code 64') ? 'no' : 'wrong', detail: error.message }, withoutStderr(error));
      return undefined;
    }
  };
  return { findings, attempt };
}

/** Packs the folder into the place. Throws request.invalid for a folder that cannot be a program. */
export async function packedAt({ place, folder, large = false, command, settings }: CheckRequest): Promise<{ archive: string; program: ProgramSpec & { kind: 'program' } }> {
  await mkdir(place, { recursive: true });
  const archive = join(place, 'program.tar');
  const contents = await writeArchive(archive, folder, await programFiles(folder, { large }));
  return { archive, program: { kind: 'program', contents, command: [...command], settings } };
}

/** The files of a stage that is called so. */
export async function filesAt(place: string, name: string, inputs: StageFiles['inputs']): Promise<StageFiles> {
  const outDir = join(place, name);
  await mkdir(outDir, { recursive: true });
  return { stageId: sha256(Buffer.from(name)), inputs, outDir, checkpointDir: join(outDir, 'checkpoint') };
}
