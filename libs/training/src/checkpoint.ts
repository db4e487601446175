import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { HostWeights } from './host-weights.js';
import type { AdamState } from './optimiser.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { tensorsOf, weightsOf } from './weights-file.js';
import { writeWhole } from './write-whole.js';

/** The complete state of a training run between two steps. Its random numbers are functions of seed and step, so no stream state is needed. */
export interface TrainState {
  weights: HostWeights;
  ema: HostWeights;
  adam: AdamState;
  /** Loss of each step so far. */
  losses: number[];
}

/** Checkpoints kept; the second latest is a fallback in case the latest is corrupt on disk. */
const kept = 2;
const pattern = /^checkpoint-(\d+)\.safetensors$/;

/** Writes a checkpoint atomically and removes all but the latest two. `paramsId` names the training run it belongs to. */
export async function saveCheckpoint(dir: string, paramsId: string, { weights, ema, adam, losses }: TrainState): Promise<void> {
  await mkdir(dir, { recursive: true });
  const tensors = {
    ...tensorsOf({ weights, ema, first: adam.first, second: adam.second }),
    losses: { dtype: 'F64' as const, shape: [losses.length], data: Float64Array.from(losses) },
  };
  const digest = digestOf(encodeSafetensors({ tensors, metadata: {} }));
  const metadata = { paramsId, steps: String(adam.steps), digest };
  await writeWhole(path.join(dir, `checkpoint-${adam.steps}.safetensors`), encodeSafetensors({ tensors, metadata }));
  for (const old of (await checkpoints(dir)).slice(kept)) await rm(path.join(dir, old), { recursive: true, force: true });
}

/** The latest complete checkpoint of this training run; undefined if there is none. One that is corrupt, foreign or cannot be read is named in the log and skipped. */
export async function loadCheckpoint(dir: string, paramsId: string, log: (line: string) => void): Promise<TrainState | undefined> {
  for (const file of await checkpoints(dir)) {
    try {
      return await readCheckpoint(path.join(dir, file), paramsId);
    } catch (error) {
      log(`passed over the checkpoint ${file}: ${(error as Error).message}`);
    }
  }
  return undefined;
}

async function readCheckpoint(file: string, paramsId: string): Promise<TrainState> {
  const { tensors, metadata } = decodeSafetensors(await readFile(file), file);
  if (metadata['paramsId'] !== paramsId) throw new ElucidateError('artifact.corrupt', `${file} belongs to the training ${metadata['paramsId']}, not to ${paramsId}`);
  if (metadata['digest'] !== digestOf(encodeSafetensors({ tensors, metadata: {} }))) throw new ElucidateError('artifact.corrupt', `${file} is not as it was written: its digest differs`);
  // the digest does not cover the metadata
  if (path.basename(file) !== `checkpoint-${metadata['steps']}.safetensors`) throw new ElucidateError('artifact.corrupt', `${file} says it is of step ${metadata['steps']}`);
  const set = (name: string) => weightsOf({ tensors, metadata }, name, file);
  return {
    weights: set('weights'), ema: set('ema'),
    adam: { steps: Number(metadata['steps']), first: set('first'), second: set('second') },
    losses: Array.from(tensors['losses']!.data as Float64Array),
  };
}

/** File names of a folder's checkpoints, latest first. */
async function checkpoints(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; });
  const steps = (name: string) => Number(pattern.exec(name)![1]);
  return names.filter((name) => pattern.test(name)).sort((a, b) => steps(b) - steps(a));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
