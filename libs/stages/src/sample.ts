import * as tf from '@tensorflow/tfjs-core';
import type { StageParams } from '@elucidate/experiment/stages';
import type { Generator } from '@elucidate/training/batch-denoiser';
import { formOf, sampleImages, type Sampled, type SampleHooks } from '@elucidate/training/sample';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { outputFile, writeOutput } from './files.js';
import { readGenerator } from './generator.js';
import { createImages } from './image-files.js';
import { pictured } from './picture-bytes.js';
import { factsOutput, runProgramSample } from './programs/sample.js';
import { sheetOf } from './sheet.js';

/** Generates images with the EMA weights of a training run, and with those of its guide where there is one. Outputs: images (and x0-hat of each step on request) and a sheet of the first 64. */
export async function runSample(params: StageParams<'sample'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  if (files.inputs['train']?.[factsOutput] !== undefined) return runProgramSample(params, files, context);
  const { signal, onProgress } = context;
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
