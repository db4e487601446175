import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEngine } from '@elucidate/engine/start';
import type { ExecuteHooks, ExecuteStage, StageOutcome, StageTask } from '@elucidate/experiment/execution';
import { defaultRecipe } from '@elucidate/experiment/parameters';
import { stageDefinitions, type StageKind, type StageParams } from '@elucidate/experiment/stages';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { startClassifier } from '@elucidate/training/train-classifier';
import { tensorsOf } from '@elucidate/training/weights-file';
import { runStage } from './registry.js';

/** Where this checkout keeps the data set. */
export const testHome = process.env['ELUCIDATE_HOME'] ?? resolve(__dirname, '../../../.elucidate');

/** A training run that takes seconds: 16x16 images, eight channels. */
export function tinyTraining(changes: Partial<StageParams<'train'>> = {}): StageParams<'train'> {
  return stageDefinitions.train.params.parse({
    dataset: { name: 'fashion-mnist', resolution: 16 },
    schedule: { kind: 'cosine' },
    noiseDistribution: { kind: 'schedule' },
    inputScale: 1,
    dataRange: 1,
    sigmaData: 'measured',
    parameterisation: 'v',
    lossWeight: { kind: 'uniform' },
    normalisation: 'analytic',
    conditioning: 'ln-sigma',
    classCondition: { kind: 'none' },
    network: { channels: [8], blocks: 1, groups: 4 },
    images: 48,
    batch: 8,
    ...defaultRecipe,
    learningRate: 2e-3,
    emaHalfLifeImages: 100,
    emaRamp: 0.05,
    seed: 1,
    ...changes,
  });
}

/** Hooks that record what they are called with. */
export function recordingHooks(signal = new AbortController().signal): ExecuteHooks & { notes: string[]; lines: string[] } {
  const notes: string[] = [];
  const lines: string[] = [];
  return { signal, notes, lines, onProgress: ({ note }) => notes.push(note), onLog: (line) => lines.push(line) };
}

/** Paths of a stage's outputs, as another stage's input. */
export function pathsOf({ outputs }: StageOutcome): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { path }]) => [name, path]));
}

/** sha256 of each output. */
export async function hashesOf({ outputs }: StageOutcome): Promise<Record<string, string>> {
  const hashed = Object.entries(outputs).map(async ([name, { path }]) => [name, createHash('sha256').update(await readFile(path)).digest('hex')] as const);
  return Object.fromEntries(await Promise.all(hashed));
}

/** Runs a stage in the test's own process, with one thread. */
export const runHere: ExecuteStage = async (task, hooks) => runStage(task, { ...hooks, engine: await startEngine({ backend: 'auto', threads: 1 }), home: testHome });

/** A folder for the stages of one test file. */
export async function workshop() {
  const root = await mkdtemp(join(tmpdir(), 'elucidate-stages-'));
  let made = 0;
  const task = async <K extends StageKind>(kind: K, params: StageParams<K>, inputs: StageTask['inputs'] = {}): Promise<StageTask> => {
    const place = join(root, `${kind}-${made++}`);
    await mkdir(join(place, 'out'), { recursive: true });
    return { stageId: `${kind}-${made}`, kind, codeVersion: stageDefinitions[kind].codeVersion, params, inputs, checkpointDir: join(place, 'checkpoints'), outDir: join(place, 'out') };
  };
  return {
    root,
    task,
    /** An untrained extractor: its features are as good as random, and cost nothing to compute. */
    async untrainedExtractor(seed: number): Promise<Record<string, string>> {
      const path = join(root, `extractor-${seed}.safetensors`);
      await writeFile(path, encodeSafetensors({ tensors: tensorsOf({ weights: startClassifier(seed) }), metadata: {} }));
      return { weights: path };
    },
    async run<K extends StageKind>(execute: ExecuteStage, ...[kind, params, inputs]: [K, StageParams<K>, StageTask['inputs']?]): Promise<StageOutcome> {
      return execute(await task(kind, params, inputs), recordingHooks());
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
