import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { reconstruction, snapshotProfiles, trackStds, type Profile } from '@elucidate/experiment/power-average';
import { readSealed, sealed, tracksByName, tracksOf } from './checkpoint.js';
import type { HostTensor, HostWeights } from './host-weights.js';
import type { SafetensorsFile } from './safetensors.js';
import { createTensors, openTensors } from './tensor-parts.js';
import { tensorsOf } from './weights-file.js';
import { writeWhole } from './write-whole.js';

/** Snapshots of the tracks of a training run: power-function averages, from which any other is reconstructed after training. */
export interface SnapshotKeeper {
  /** Whether the snapshots after all of these steps are there. */
  have(steps: readonly number[]): Promise<boolean>;
  put(step: number, tracks: readonly HostWeights[]): Promise<void>;
}

const fileOf = (dir: string, step: number): string => path.join(dir, `snapshot-${step}.safetensors`);

/** Keeps each snapshot as a file beside the checkpoints of a training, written once. `paramsId` names the training. */
export function snapshotFiles(dir: string, paramsId: string): SnapshotKeeper {
  return {
    async have(steps) {
      for (const step of steps) if ((await read(dir, paramsId, step).catch(() => undefined)) === undefined) return false;
      return true;
    },
    async put(step, tracks) {
      await mkdir(dir, { recursive: true });
      await writeWhole(fileOf(dir, step), sealed(tensorsOf(tracksByName(tracks)), { paramsId, steps: step }));
    },
  };
}

async function read(dir: string, paramsId: string, step: number): Promise<HostWeights[]> {
  const name = fileOf(dir, step);
  const { file } = await readSealed(name, (steps) => (steps === step ? paramsId : `${paramsId} after ${step} steps`));
  return tracksOf(file, name);
}

interface Taken {
  dir: string;
  paramsId: string;
  /** The steps of the snapshots, and the images seen after each. */
  steps: readonly number[];
  imagesAfter(step: number): number;
}

/** Gathers the snapshots of a training in one file: "track0/NAME" [snapshots, ...shape], and in the metadata `images`, those seen after each. */
export async function gatherSnapshots(to: string, { dir, paramsId, steps, imagesAfter }: Taken): Promise<void> {
  const last = tensorsOf(tracksByName(await read(dir, paramsId, steps.at(-1)!)));
  const shapes = Object.fromEntries(Object.entries(last).map(([name, { dtype, shape }]) => [name, { dtype, shape: [steps.length, ...shape] }]));
  const writer = await createTensors(to, shapes, { images: JSON.stringify(steps.map(imagesAfter)) });
  try {
    for (const [index, step] of steps.entries()) {
      for (const [name, { data }] of Object.entries(tensorsOf(tracksByName(await read(dir, paramsId, step))))) await writer.write(name, index * data.length, data);
    }
  } finally {
    await writer.close();
  }
}

export interface Averaged {
  weights: HostWeights;
  /** How far the reconstructed profile is from the requested one; see `Reconstruction`. */
  error: number;
}

/** Another average of a training's weights, from the file of its snapshots, summed in float64. `wanted` is the exponent for a training of so many images. Throws artifact.corrupt. */
export async function averageOf(file: string, wanted: (images: number) => number): Promise<Averaged> {
  const reader = await openTensors(file);
  try {
    const images = imagesIn(reader.metadata, file);
    const whole: Profile = { exponent: wanted(images.at(-1)!), images: images.at(-1)! };
    const { coefficients, error } = reconstruction(snapshotProfiles(images))(whole);
    const weights: Record<string, HostTensor> = {};
    for (const name of Object.keys(reader.tensors).filter((each) => each.startsWith('track0/')).map((each) => each.slice('track0/'.length))) {
      const shape = reader.tensors[`track0/${name}`]!.shape.slice(1);
      const sum = new Float64Array(shape.reduce((product, n) => product * n, 1));
      for (let track = 0; track < trackStds.length; track += 1) {
        for (let index = 0; index < images.length; index += 1) {
          const { data } = await reader.part(`track${track}/${name}`, index);
          const coefficient = coefficients[track * images.length + index]!;
          for (let i = 0; i < sum.length; i += 1) sum[i]! += coefficient * Number(data[i]);
        }
      }
      weights[name] = { shape, data: Float32Array.from(sum) };
    }
    return { weights, error };
  } finally {
    await reader.close();
  }
}

function imagesIn({ images }: SafetensorsFile['metadata'], file: string): number[] {
  const read = JSON.parse(images ?? 'null') as unknown;
  if (Array.isArray(read) && read.length > 0 && read.every((each) => typeof each === 'number')) return read;
  throw new ElucidateError('artifact.corrupt', `${file} does not say after how many images its snapshots were taken; remove it and let its stage run again`);
}
