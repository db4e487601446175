import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { HostWeights } from './host-weights.js';
import type { AdamState } from './optimiser.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './safetensors.js';
import { tensorsOf, type WeightSets, weightsOf } from './weights-file.js';
import { writeWhole } from './write-whole.js';

/** The complete state of a training run between two steps. Its random numbers are functions of seed and step, so no stream state is needed. */
export interface TrainState {
  weights: HostWeights;
  ema: HostWeights;
  adam: AdamState;
  /** Loss of each step so far. */
  losses: number[];
  /** Further averages, where the training keeps snapshots of them. */
  tracks?: readonly HostWeights[];
}

/** Checkpoints kept; the second latest is a fallback in case the latest is corrupt on disk. */
const kept = 2;
const pattern = /^checkpoint-(\d+)\.safetensors$/;

/** The bytes of a checkpoint. `paramsId` names the training run that it belongs to. */
export function encodeState(paramsId: string, { weights, ema, adam, losses, tracks = [] }: TrainState): Uint8Array {
  const tensors = {
    ...tensorsOf({ weights, ema, first: adam.first, second: adam.second, ...tracksByName(tracks) }),
    losses: { dtype: 'F64' as const, shape: [losses.length], data: Float64Array.from(losses) },
  };
  return sealed(tensors, { paramsId, steps: adam.steps });
}

/** What a file of a training says of itself. */
interface Mark {
  paramsId: string;
  steps: number;
}

const trackName = (track: number): string => `track${track}`;

/** Tracks as sets of weights in a file. */
export const tracksByName = (tracks: readonly HostWeights[]): WeightSets => Object.fromEntries(tracks.map((track, i) => [trackName(i), track]));

/** The tracks in a file; none in one without. */
export function tracksOf(file: SafetensorsFile, path: string): HostWeights[] {
  const found: HostWeights[] = [];
  while (Object.keys(file.tensors).some((name) => name.startsWith(`${trackName(found.length)}/`))) found.push(weightsOf(file, trackName(found.length), path));
  return found;
}

/** The bytes of a file that says of which training and step it is, and has a digest of its tensors. */
export function sealed(tensors: SafetensorsFile['tensors'], { paramsId, steps }: Mark): Uint8Array {
  return encodeSafetensors({ tensors, metadata: { paramsId, steps: String(steps), digest: digestOf(encodeSafetensors({ tensors, metadata: {} })) } });
}

/** Reads such a file; `paramsIdOf` names the training run that it has to be of, by its steps. Throws artifact.corrupt. */
export async function readSealed(path: string, paramsIdOf: (steps: number) => string): Promise<{ file: SafetensorsFile; steps: number }> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
  const steps = Number(metadata['steps']);
  if (metadata['paramsId'] !== paramsIdOf(steps)) throw new ElucidateError('artifact.corrupt', `${path} belongs to the training ${metadata['paramsId']}, not to ${paramsIdOf(steps)}`);
  if (metadata['digest'] !== digestOf(encodeSafetensors({ tensors, metadata: {} }))) throw new ElucidateError('artifact.corrupt', `${path} is not as it was written: its digest differs`);
  return { file: { tensors, metadata }, steps };
}

/** Writes a checkpoint atomically and removes all but the latest two. */
export async function saveCheckpoint(dir: string, paramsId: string, state: TrainState): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeWhole(path.join(dir, `checkpoint-${state.adam.steps}.safetensors`), encodeState(paramsId, state));
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
  const state = await readState(file, () => paramsId);
  // the digest does not cover the metadata
  if (path.basename(file) !== `checkpoint-${state.adam.steps}.safetensors`) throw new ElucidateError('artifact.corrupt', `${file} says it is of step ${state.adam.steps}`);
  return state;
}

/** Reads the file of a checkpoint; `paramsIdOf` names the training run that it has to be of, by its steps. Throws artifact.corrupt. */
export async function readState(file: string, paramsIdOf: (steps: number) => string): Promise<TrainState> {
  const { file: content, steps } = await readSealed(file, paramsIdOf);
  const set = (name: string) => weightsOf(content, name, file);
  const tracks = tracksOf(content, file);
  return {
    weights: set('weights'), ema: set('ema'),
    adam: { steps, first: set('first'), second: set('second') },
    losses: Array.from(content.tensors['losses']!.data as Float64Array),
    ...(tracks.length > 0 && { tracks }),
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
