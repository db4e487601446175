import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSeed, noiseNumbers } from '@elucidate/diffusion/noise';
import { type Trajectory, trajectoryOf } from '@elucidate/diffusion/trajectory';
import { isProgram } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import { levelsOutside, samplingDesign, trainingDesign } from '@elucidate/training/build';
import { type Images, pixelsOf, unitToByte } from '@elucidate/training/images';
import { clampOf, formOf, type ImageForm } from '@elucidate/training/sample';
import { createTensors, type TensorReader } from '@elucidate/training/tensor-parts';
import type { StageContext, StageFiles, StageResults } from '../context.js';
import { inputPath, outputFile, writeOutput } from '../files.js';
import { createImages } from '../image-files.js';
import { pictured } from '../picture-bytes.js';
import { sheetOf } from '../sheet.js';
import { readTensors } from '../tensor-files.js';
import { factsOf, type TrainingFacts } from '../training-facts.js';
import { archivePath, executeProgram, taskFolder } from './execute-program.js';
import { openOutput } from './outputs.js';
import type { SampleTask } from './task.js';

/** The output of a training by which its network is known to be a program. */
export const factsOutput = 'training';

/** Bytes of noise that may be written for one stage. */
const mostNoise = 64 * 2 ** 30;
/** Images whose noise is drawn, and whose pixels are read, at a time. */
const block = 64;

/** Generates images with a network that is a program. Outputs as those of the built-in networks. */
export async function runProgramSample(params: StageParams<'sample'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const factsPath = inputPath(files, 'train', factsOutput);
  const facts = factsOf(await readTensors(factsPath), factsPath);
  const { network: program } = facts.params;
  if (!isProgram(program)) throw new ElucidateError('artifact.corrupt', `${factsPath} is of a training whose network is no program; remove it and let its stage run again`);
  const form = formOf(facts, params);
  const trajectory = trajectoryFor(facts, params);
  const folder = taskFolder(files);
  await mkdir(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const task: SampleTask = {
    kind: 'sample', stage: files.stageId, settings: program.settings, seed: params.seed, threads: context.engine.threads,
    data: { size: form.size, channels: form.channels, floats: form.floats, dataRange: facts.params.dataRange, sigmaData: facts.sigmaData, classes: facts.classes ?? null },
    labels: facts.classes !== undefined,
    perSample: facts.params.normalisation === 'per-sample',
    sample: { count: form.count, draws: trajectory.draws },
    params: { train: facts.params, sample: params },
    paths: { weights: inputPath(files, 'train', 'weights'), trajectory: at('trajectory.json'), noise: at('noise.safetensors'), images: at('images.safetensors') },
  };
  await writeOutput({ ...files, outDir: folder }, 'trajectory.json', Buffer.from(JSON.stringify(trajectory)));
  await writeNoise(at('noise.safetensors'), { form, seed: params.seed, draws: trajectory.draws }, context.signal);
  const started = performance.now();
  const versions = await executeProgram({ program, archive: archivePath(files, 'train'), task }, files, context);
  const seconds = (performance.now() - started) / 1000;
  const images = await readImages(task.paths['images']!, form, facts);
  const stored = outputFile(files, 'images.safetensors');
  const file = await createImages(stored.path, form);
  await file.putImages(images).finally(() => file.close());
  const { levels } = trainingDesign(facts.params, facts.sigmaData);
  return {
    outputs: { images: stored, sheet: await writeOutput(files, 'sheet.png', sheetOf(pictured(images, facts.params))) },
    metrics: [
      { name: 'nfe', value: trajectory.nfe, n: form.count },
      { name: 'noise_levels_out_of_range', value: levelsOutside(trajectory.sigmas, levels.range), details: { sigmas: trajectory.sigmas } },
      { name: 'images_per_second', value: form.count / seconds, n: form.count },
    ],
    versions,
  };
}

/** The sampling run of a trained program as data. Throws stage.failed for one that a program cannot be given. */
export function trajectoryFor({ params, sigmaData }: TrainingFacts, sample: StageParams<'sample'>): Trajectory {
  const { guidance, noiseLevel } = sample;
  if (noiseLevel.kind !== 'known' || guidance.kind === 'autoguidance' || sample.trajectory) throw new ElucidateError('stage.failed', 'A program is given no predicted noise levels and no autoguidance, and is not asked for x0-hat of every step; the sweep should have been refused');
  const { steps, sigmas, initialStddev } = samplingDesign({ params, sigmaData }, sample);
  const { options } = trainingDesign(params, sigmaData);
  return trajectoryOf({ steps, sigmas, start: initialStddev, clamp: clampOf(sample, params), options, guidance: guidance.kind === 'none' ? undefined : guidance });
}

/** Writes the noise that the built-in engine would draw: "noise" F32 [draws,n,h,w,c], and "labels" I64 [n] if the network is given classes. */
export async function writeNoise(path: string, { form, seed, draws }: { form: ImageForm; seed: number; draws: number }, signal: AbortSignal): Promise<void> {
  const { count, size, channels, labels } = form;
  const pixels = pixelsOf(form);
  if (4 * draws * count * pixels > mostNoise) throw new ElucidateError('stage.failed', `The noise of ${count} images in ${draws} draws takes ${((4 * draws * count * pixels) / 2 ** 30).toFixed(0)} GiB, more than the ${mostNoise / 2 ** 30} GiB that a program is given; lower evaluate.samples, or take fewer steps or a sampler that draws less noise`);
  const file = await createTensors(path, { noise: { dtype: 'F32', shape: [draws, count, size, size, channels] }, ...(labels && { labels: { dtype: 'I64', shape: [count] } as const }) });
  try {
    for (let from = 0; from < count; from += block) {
      const next = noiseNumbers(Array.from({ length: Math.min(block, count - from) }, (_, i) => imageSeed(seed, from + i)), pixels);
      for (let draw = 0; draw < draws; draw += 1) {
        signal.throwIfAborted();
        await file.write('noise', (draw * count + from) * pixels, next());
      }
    }
    if (labels) await file.write('labels', 0, BigInt64Array.from(labels.of, BigInt));
  } finally {
    await file.close();
  }
}

/** The images that a program wrote, in the format of the data set's. Throws stage.diverged if a pixel is not finite. */
async function readImages(path: string, form: ImageForm, facts: TrainingFacts): Promise<Images> {
  const { count, size, channels, floats } = form;
  const file = await openOutput(path, { name: 'images', dtypes: floats ? ['F32'] : ['F32', 'U8'], shape: [count, size, size, channels] });
  try {
    const pixels = pixelsOf(form);
    const data = floats ? new Float32Array(count * pixels) : new Uint8Array(count * pixels);
    for (let i = 0; i < count; i += 1) data.set(await pixelsAt(file, i, { floats, facts }), i * pixels);
    return { ...form, data };
  } finally {
    await file.close();
  }
}

async function pixelsAt(file: TensorReader, image: number, { floats, facts }: { floats: boolean; facts: TrainingFacts }): Promise<Float32Array | Uint8Array> {
  const { data } = await file.part('images', image);
  if (data instanceof Uint8Array) return data;
  const values = data as Float32Array;
  if (!values.every(Number.isFinite)) throw new ElucidateError('stage.diverged', `A pixel of image ${image} that the program generated is no finite number; set clampX0, or take more steps`, { details: { image } });
  return floats ? values : Uint8Array.from(values, (value) => unitToByte(value, facts.params.dataRange));
}
