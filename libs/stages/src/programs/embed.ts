import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import type { ImageFeatures } from '@elucidate/training/features';
import { areBytes, type Images } from '@elucidate/training/images';
import type { StageContext, StageFiles } from '../context.js';
import { archivePath, executeProgram, taskFolder } from './execute-program.js';
import { openOutput } from './outputs.js';
import type { EmbedTask } from './task.js';
import { writeImages } from './task-images.js';

export interface ProgramEmbedding {
  program: ProgramSpec;
  images: Images;
  /** What the images are, as a file name: "test". */
  name: string;
  /** Bytes are meant to be mapped to [-range, range]. */
  range: number;
}

/** Features that a program computes of images. The archive is that of the extractor stage. Throws stage.failed for features that are no finite numbers. */
export async function programFeatures({ program, images, name, range }: ProgramEmbedding, files: StageFiles, context: StageContext): Promise<{ features: ImageFeatures; versions: Readonly<Record<string, string>> }> {
  const own = { ...files, outDir: join(files.outDir, name) };
  const folder = taskFolder(own);
  await mkdir(folder, { recursive: true });
  const task: EmbedTask = {
    kind: 'embed', stage: files.stageId, settings: program.settings, threads: context.engine.threads,
    data: { count: images.count, size: images.size, channels: images.channels, floats: !areBytes(images), dataRange: range },
    embed: {}, params: {},
    paths: { images: join(folder, 'images.safetensors'), features: join(folder, 'features.safetensors') },
  };
  await writeImages(task.paths['images']!, { ...images, labels: undefined });
  const versions = await executeProgram({ program, archive: archivePath(files, 'extractor'), task }, own, context);
  const file = await openOutput(task.paths['features']!, { name: 'features', dtypes: ['F32'], shape: [images.count, null] });
  try {
    const { shape: [n = 0, d = 0], data } = await file.whole('features');
    const values = data as Float32Array;
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new ElucidateError('stage.failed', `A feature of image ${Math.floor(wrong / d)} that the program computed is no finite number`);
    return { features: { values, n, d }, versions };
  } finally {
    await file.close();
  }
}
