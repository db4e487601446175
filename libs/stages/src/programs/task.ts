import { writeFile } from 'node:fs/promises';
import type { TrainedClass } from '@elucidate/training/labels';

/** `task.json`, which tells a program what to do: docs/programs.md. */

export const contractVersion = 1;

/** Shape and units of images. */
export interface TaskData {
  count?: number;
  size: number;
  channels: number;
  floats: boolean;
  dataRange: number;
  sigmaData?: number;
  classes?: readonly TrainedClass[] | null;
}

interface TaskOf<K extends string> {
  kind: K;
  stage: string;
  settings: Readonly<Record<string, unknown>>;
  threads: number;
  data: TaskData;
  /** Absolute. */
  paths: Readonly<Record<string, string>>;
  /** What the sweep says. */
  params: Readonly<Record<string, unknown>>;
}

/** What a network is given, in training and sampling. */
interface NetworkTask {
  seed: number;
  labels: boolean;
  perSample: boolean;
}

export interface TrainTask extends TaskOf<'train'>, NetworkTask {
  train: {
    images: number;
    batch: number;
    steps: number;
    optimiser: Readonly<Record<string, unknown>>;
    gradientClip: number | false;
    dropout: number;
    labelDropout: number;
    flips: boolean;
  };
}

export interface SampleTask extends TaskOf<'sample'>, NetworkTask {
  sample: { count: number; draws: number };
}

export interface EmbedTask extends TaskOf<'embed'> {
  embed: Record<string, never>;
}

export type Task = TrainTask | SampleTask | EmbedTask;

export async function writeTask(path: string, task: Task): Promise<void> {
  await writeFile(path, `${JSON.stringify({ contract: contractVersion, ...task }, undefined, 1)}\n`);
}
