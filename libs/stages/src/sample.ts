import * as tf from '@tensorflow/tfjs-core';
import { isUNet } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import type { Generator } from '@elucidate/training/batch-denoiser';
import type { TrainedNetwork, TrainedEstimator } from '@elucidate/training/build';
import { toTensors } from '@elucidate/training/host-weights';
import { type Images, sliceImages } from '@elucidate/training/images';
import type { TrainedClass } from '@elucidate/training/labels';
import { formOf, sampleImages, type Sampled, type SampleHooks } from '@elucidate/training/sample';
import { weightsOf } from '@elucidate/training/weights-file';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { inputPath, outputFile, writeOutput } from './files.js';
import { createImages } from './image-files.js';
import { pictured } from './picture-bytes.js';
import { encodePng, imageSheet } from './png.js';
import { metadataOf, readTensors } from './tensor-files.js';

const sheetSide = 8;

/** Generates images with the EMA weights of a training run, and with those of its guide where there is one. Outputs: images (and x0-hat of each step on request) and a sheet of the first 64. */
export async function runSample(params: StageParams<'sample'>, files: StageFiles, { signal, onProgress }: StageContext): Promise<StageResults> {
  const generator = await readGenerator(params, files);
  const started = performance.now();
  try {
    const images = outputFile(files, 'images.safetensors');
    const sampled = await sampledInto(images.path, generator, params, { signal, onProgress });
    const seconds = (performance.now() - started) / 1000;
    return {
      outputs: {
        images,
        sheet: await writeOutput(files, 'sheet.png', sheetOf(pictured(sampled.images, generator.params))),
      },
      metrics: metricsOf(sampled, seconds),
    };
  } finally {
    tf.dispose([generator, generator.estimator, generator.guide].map((weights) => weights?.tensors ?? {}));
  }
}

/** Generates images into a file, and x0-hat of each step as it is produced. */
async function sampledInto(path: string, generator: Generator, params: StageParams<'sample'>, hooks: SampleHooks): Promise<Sampled> {
  const file = await createImages(path, formOf(generator, params), params.trajectory ? params.steps : 0);
  try {
    const sampled = await sampleImages(generator, params, { ...hooks, onTrajectory: file.putStep });
    await file.putImages(sampled.images);
    return sampled;
  } finally {
    await file.close();
  }
}

function metricsOf({ images: { count }, nfe, sigmas, outside }: Sampled, seconds: number): StageResults['metrics'] {
  return [
    { name: 'nfe', value: nfe, n: count },
    { name: 'noise_levels_out_of_range', value: outside, details: { sigmas } },
    { name: 'images_per_second', value: count / seconds, n: count },
  ];
}

/** Every set of weights that the sampling run needs. */
async function readGenerator({ noiseLevel, guidance }: StageParams<'sample'>, files: StageFiles): Promise<Generator> {
  const estimator = noiseLevel.kind === 'predicted' ? await readEstimator(inputPath(files, 'noiseLevel', 'weights')) : undefined;
  const guide = guidance.kind === 'autoguidance' ? await readTrained(inputPath(files, 'guide', 'weights')) : undefined;
  return { ...(await readTrained(inputPath(files, 'train', 'weights'))), estimator, guide };
}

async function readTrained(path: string): Promise<TrainedNetwork> {
  const file = await readTensors(path);
  const params = parsed('train', metadataOf(file, 'params', path), path);
  const tensors = isUNet(params.network) ? toTensors(weightsOf(file, 'ema', path)) : {};
  const classes = params.classCondition.kind === 'label' ? (JSON.parse(metadataOf(file, 'classes', path)) as TrainedClass[]) : undefined;
  return { params, sigmaData: Number(metadataOf(file, 'sigmaData', path)), tensors, classes };
}

async function readEstimator(path: string): Promise<TrainedEstimator> {
  const file = await readTensors(path);
  return { params: parsed('noise-level', metadataOf(file, 'params', path), path), tensors: toTensors(weightsOf(file, 'ema', path)) };
}

/** The training parameters recorded in a weights file. */
function parsed<K extends 'train' | 'noise-level'>(kind: K, text: string, path: string): StageParams<K> {
  const { success, data, error } = stageDefinitions[kind].params.safeParse(JSON.parse(text));
  if (!success) throw new ElucidateError('artifact.corrupt', `${path} was trained with params this version does not know: ${error.message}`);
  return data as StageParams<K>;
}

function sheetOf(images: Images<Uint8Array>): Buffer {
  const { count, size, channels, data } = sliceImages(images, 0, Math.min(sheetSide ** 2, images.count));
  return encodePng(imageSheet({ pixels: data, n: count, height: size, width: size, channels }, { columns: sheetSide, zoom: 3 }));
}
