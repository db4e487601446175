import { ElucidateError } from '@elucidate/experiment/errors';
import { stageParams, type StageParams } from '@elucidate/experiment/stages';
import { type ByteImages, channels, sliceImages } from '@elucidate/training/images';
import { sampleImages } from '@elucidate/training/sample';
import { weightsOf } from '@elucidate/training/weights-file';
import type { Findings, StageContext, StageFiles } from './context.js';
import { inputPath, writeOutput } from './files.js';
import { encodePng, imageGrid } from './png.js';
import { encodeImages, metadataOf, readTensors } from './tensor-files.js';

const gridSide = 8;

/** Generates images with a training's EMA weights. Outputs: images and a grid of the first 64. */
export async function runSample(params: StageParams<'sample'>, files: StageFiles, { signal, onProgress }: StageContext): Promise<Findings> {
  const path = inputPath(files, 'train', 'weights');
  const trained = await readTensors(path);
  const started = performance.now();
  const images = await sampleImages(weightsOf(trained, 'ema', path), trainParams(metadataOf(trained, 'params', path), path), params, { signal, onProgress });
  const seconds = (performance.now() - started) / 1000;
  return {
    outputs: {
      images: await writeOutput(files, 'images.safetensors', encodeImages(images)),
      grid: await writeOutput(files, 'grid.png', gridOf(images)),
    },
    metrics: [
      { name: 'nfe', value: images.nfe, n: images.count },
      { name: 'images_per_second', value: images.count / seconds, n: images.count },
    ],
  };
}

/** What a weights file says it was trained with. */
function trainParams(text: string, path: string): StageParams<'train'> {
  const parsed = stageParams.train.safeParse(JSON.parse(text));
  if (!parsed.success) throw new ElucidateError('artifact.corrupt', `${path} was trained with params this version does not know: ${parsed.error.message}`);
  return parsed.data;
}

function gridOf(images: ByteImages): Buffer {
  const { count, size, data } = sliceImages(images, 0, Math.min(gridSide ** 2, images.count));
  return encodePng(imageGrid({ pixels: data, n: count, height: size, width: size, channels }, { columns: gridSide, zoom: 3 }));
}
