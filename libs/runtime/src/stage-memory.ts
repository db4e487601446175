import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { channelsOf, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { isProgram, isUNet } from '@elucidate/experiment/design';
import type { StageTask } from '@elucidate/experiment/execution';
import { stageDefinitions, type StageKind, type StageParams } from '@elucidate/experiment/stages';
import { partMaps, partWeights, unetParts } from '@elucidate/experiment/unet-parts';
import { programSchema } from '@elucidate/experiment/program-grammar';
import type { Evaluator } from '@elucidate/stages/evaluator';
import { heldBytes, type ProgramUse, unseenProgram } from '@elucidate/stages/programs/held-memory';
import type { ProgramLimits } from '@elucidate/stages/programs/limits';
import { labelledDatasetOf } from '@elucidate/stages/reference-labels';
import { someNeed } from '@elucidate/stages/scores';
import { syntheticCount } from '@elucidate/training/datasets/synthetic';
import { elementSize, type TensorEntry } from '@elucidate/training/safetensors';
import { openTensors } from '@elucidate/training/tensor-parts';
import { isFused, mebibyte, processBytes, trainingBytes } from './memory.js';

/** Memory of every kind of stage, from its params and the headers of the files it reads. Measured: stage-memory.test.ts. */

/** A file's header, by its name among another stage's outputs. */
type Headers = Readonly<Record<string, { metadata: Readonly<Record<string, string>>; tensors: Readonly<Record<string, TensorEntry>> }>>;

interface Known<K extends StageKind> {
  params: StageParams<K>;
  /** input -> headers. */
  inputs: Readonly<Record<string, Headers>>;
  engine: string;
  /** What a program of the stage is taken to need; 0 without one. */
  program: number;
}

const estimates: { readonly [K in StageKind]: (known: Known<K>) => number } = {
  'extractor': ({ params: { extractor } }) => {
    // a program is run by the stages that use it
    if (extractor.kind === 'random' || extractor.kind === 'identity' || extractor.kind === 'program') return startedBytes;
    // training one needs no more for its batches than for unpacking its images
    return startedBytes + checkingBytes + 32 ** 2 * (extractor.kind === 'trained' ? 70_000 : 10_000);
  },
  'reference': ({ params: { dataset }, inputs, engine, program }) => {
    const width = widthOf(inputs['extractor'], dataset.resolution ** 2 * channelsOf(dataset));
    const features = 4 * 2 * copiesOfFeatures * referenceImages * width + decompositionBytes(width);
    return startedBytes + withImages(dataset, passBytes(width, { n: referenceImages, engine }) + features) + program;
  },
  'train': ({ params: { network, dataset, batch, emaSnapshots }, engine, program }) => {
    const compute = trainingBytes({ network, resolution: dataset.resolution, batch }, engine) - processBytes + (emaSnapshots === undefined ? 0 : trackBytes(network, dataset));
    return startedBytes + withImages(dataset, compute) + program;
  },
  'average': ({ inputs }) => {
    const { weights, snapshots } = inputs['train'] ?? {};
    return weights === undefined ? unknownBytes : startedBytes + copiesOfAverage * bytesOf(weights.tensors) + (snapshots === undefined ? 0 : readSnapshots + largestPart(snapshots.tensors));
  },
  'noise-level': ({ params: { dataset, estimator: { channels, batch } }, engine }) => {
    const maps = channels.reduce((sum, c, level) => sum + mapsOfEstimator * c * (dataset.resolution / 2 ** level) ** 2, 0);
    return startedBytes + withImages(dataset, 4 * batch * maps * (isFused(engine) ? 1 : composedTraining));
  },
  'levels': ({ params: { discretisation }, inputs, engine }) => {
    const trained = trainingOf(inputs['train']);
    if (!trained || discretisation.kind !== 'optimised') return unknownBytes;
    // the states and x0-hats of a batch at every level of the teacher's run
    const run = 2 * 4 * Math.min(samplingBatch, discretisation.images) * discretisation.teacherSteps * pixelsOf(trained);
    return samplingBytes(trained, inputs, engine) + run;
  },
  'sample': ({ params: { samples }, inputs, engine, program }) => {
    const trained = trainingOf(inputs['train']);
    if (!trained) return unknownBytes;
    const images = samples * pixelsOf(trained) * (isSynthetic(trained.dataset) ? 4 : 1);
    return isProgram(trained.network) ? startedBytes + program + images : samplingBytes(trained, inputs, engine) + images;
  },
  'embed': ({ inputs, engine, program }) => {
    const images = inputs['sample']?.['images']?.tensors['images'];
    if (!images) return unknownBytes;
    const [n = 0, height = 0, width = 0, channels = 0] = images.shape;
    const features = widthOf(inputs['extractor'], height * width * channels);
    return startedBytes + bytesOf({ images }) + passBytes(features, { n, engine }) + 4 * copiesOfFeatures * n * features + program;
  },
  'score': ({ params: { metrics }, inputs }) => {
    const files = Object.values(inputs).flatMap((headers) => Object.values(headers));
    const features = inputs['embed']?.['features']?.tensors['features'];
    if (!features) return unknownBytes;
    const [n = 0, width = 0] = features.shape;
    return startedBytes + copiesOfScored * files.reduce((sum, { tensors }) => sum + bytesOf(tensors), 0) + 8 * n * width + decompositionBytes(width)
      + (someNeed(metrics, 'labels') || someNeed(metrics, 'training') ? datasetBytes(inputs['reference']) : 0);
  },
};

/** Used if a file that a stage needs cannot be read: the stage will report that itself. */
const unknownBytes = 800 * mebibyte;
/** Reading the IDX files, whose hashes are checked, and unpacking the largest. */
const checkingBytes = 225 * mebibyte;
/** Runs of a program differ, and its memory is only looked at from time to time. */
const programMargin = 1.25;
/** Number of images assumed for a folder, whose spec does not give it. */
const folderImages = 60_000;
/** Images per split for which a reference has features. */
const referenceImages = 10_000;
/** Node, tfjs and an engine. */
const startedBytes = 105 * mebibyte;
/** A forward pass holds more feature maps at once if group norm and SiLU are several kernels. */
const composedFactor = 1.3;
/** Training the noise-level estimator: numbers per channel and pixel of each level, and how much more without fused kernels. */
const mapsOfEstimator = 9;
const composedTraining = 5;
/** The standard classifier's features of `classifierBatch` images, on engines with fused kernels. */
const classifierPass = 60 * mebibyte;
const classifierBatch = 250;
const classifierWidth = 64;
/** While they are made and written to a file. */
const copiesOfFeatures = 2;
/** The file as read, its tensors, and the copies sent to the engine. */
const copiesOfWeightsFile = 2.5;
const copiesOfScored = 2;
/** The training's file as read, and its tensors. */
const copiesOfAverage = 2;
/** Snapshots as they are read, until their memory is given back. */
const readSnapshots = 40 * mebibyte;
/** Images sampled together. */
const samplingBatch = 64;
/** A forward pass keeps its feature maps to the end, as many as training does. */
const forwardShare = 1.3;
/** Images of a batch: x, noise, x0-hat, earlier steps. */
const mapsOfSampler = 12;

/** How much more engines need if group norm and SiLU are several kernels. */
const composed = (engine: string): number => (isFused(engine) ? 1 : composedFactor);

/** Factors, product and its copies of d x d numbers, and a block of rows (libs/metrics/src/qr.ts), float64. */
const decompositionBytes = (width: number): number => 8 * (6 * width ** 2 + 2048 * width);

const bytesOf = (tensors: Readonly<Record<string, TensorEntry>>): number =>
  Object.values(tensors).reduce((sum, { dtype, shape }) => sum + shape.reduce((product, n) => product * n, elementSize(dtype)), 0);

/** Sums in float64 of the largest tensor of which there are snapshots, and one snapshot of it. */
const largestPart = (tensors: Readonly<Record<string, TensorEntry>>): number => 3 * Math.max(0, ...Object.values(tensors).map((entry) => bytesOf({ entry }) / (entry.shape[0] ?? 1)));

/** The params of a training run, as recorded with its weights. */
function trainingOf(files: Headers | undefined): StageParams<'train'> | undefined {
  return stageDefinitions.train.params.safeParse(JSON.parse((files?.['training'] ?? files?.['weights'])?.metadata['params'] ?? 'null')).data;
}

const pixelsOf = ({ dataset }: StageParams<'train'>): number => dataset.resolution ** 2 * channelsOf(dataset);

/** Two more averages, a copy of the weights for them, and a snapshot on its way. */
const copiesForTracks = 6;
const trackBytes = (network: StageParams<'train'>['network'], dataset: DatasetSpec): number =>
  (isUNet(network) ? 4 * copiesForTracks * unetParts(network, dataset.resolution, channelsOf(dataset)).reduce((sum, part) => sum + partWeights(part), 0) : 0);

/** Whether another average is read in the place of this input's weights. */
const replaced = (input: string, inputs: Readonly<Record<string, Headers>>): boolean => (input === 'train' && 'average' in inputs) || (input === 'guide' && 'guideAverage' in inputs);

/** The weights that are read, and a batch on its way. */
function samplingBytes(trained: StageParams<'train'>, inputs: Readonly<Record<string, Headers>>, engine: string): number {
  const weights = Object.entries(inputs).reduce((sum, [input, files]) => (replaced(input, inputs) ? sum : sum + bytesOf(files['weights']?.tensors ?? {})), 0);
  // a guide is evaluated after the feature maps of the other network are released
  const maps = Math.max(...[trained, trainingOf(inputs['guide'])].map((training) => (training ? mapsOf(training) : 0)));
  return startedBytes + copiesOfWeightsFile * weights + 4 * samplingBatch * (forwardShare * composed(engine) * maps + mapsOfSampler * pixelsOf(trained));
}

/** Numbers in the feature maps of one image. */
const mapsOf = ({ network, dataset }: StageParams<'train'>): number =>
  (isUNet(network) ? unetParts(network, dataset.resolution, channelsOf(dataset)).reduce((sum, part) => sum + partMaps(part), 0) : 0);

/** Features of an image: those of the classifier, whose file has weights, or its pixels. */
const widthOf = (extractor: Headers | undefined, pixels: number): number => (Object.keys(extractor?.['weights']?.tensors ?? {}).length > 0 ? classifierWidth : pixels);

/** The program that a stage runs, and on what. */
const programUses: { readonly [K in StageKind]?: (known: Pick<Known<K>, 'params' | 'inputs'>) => ProgramUse | undefined } = {
  'train': ({ params: { network, dataset, batch } }) => useOf(network, { kind: 'train', ...shapeOf(dataset), images: batch }),
  'sample': ({ params: { samples }, inputs }) => {
    const trained = trainingOf(inputs['train']);
    return trained && useOf(trained.network, { kind: 'sample', ...shapeOf(trained.dataset), images: samples });
  },
  'reference': ({ params: { dataset }, inputs }) => useOf(extractorOf(inputs), { kind: 'embed', ...shapeOf(dataset) }),
  'embed': ({ inputs }) => {
    const [, size = 0, , channels = 0] = inputs['sample']?.['images']?.tensors['images']?.shape ?? [];
    return useOf(extractorOf(inputs), { kind: 'embed', size, channels });
  },
};

const shapeOf = (dataset: DatasetSpec): Pick<ProgramUse, 'size' | 'channels'> => ({ size: dataset.resolution, channels: channelsOf(dataset) });

const useOf = (code: unknown, of: Omit<ProgramUse, 'program'>): ProgramUse | undefined => {
  const program = programSchema.safeParse(code).data;
  return program && { program, ...of };
};

const extractorOf = (inputs: Readonly<Record<string, Headers>>): unknown => JSON.parse(inputs['extractor']?.['weights']?.metadata['extractor'] ?? 'null');

/** What a run of a program is taken to need: the most that one like it held here; of one that has not run, what it may hold. */
async function programBytes(use: ProgramUse | undefined, { home, programs }: StageMemoryOptions): Promise<number> {
  if (use === undefined) return 0;
  const held = await heldBytes(home, use);
  const most = programs?.memoryBytes;
  return held === undefined ? most ?? unseenProgram : Math.min(programMargin * held, most ?? Infinity);
}

/** What a score stage reads to know the classes of a reference, or to show the training images nearest to generated ones: the data set. */
function datasetBytes(reference: Headers | undefined): number {
  const evaluator = JSON.parse(reference?.['statistics']?.metadata['evaluator'] ?? 'null') as Evaluator | null;
  const dataset = evaluator === null ? undefined : labelledDatasetOf(evaluator.reference);
  return dataset === undefined ? 0 : withImages(dataset, 0);
}

/** Both splits of a data set as held in memory. */
function splitBytes(dataset: DatasetSpec): number {
  const pixels = dataset.resolution ** 2 * channelsOf(dataset);
  if (isSynthetic(dataset)) return 2 * 4 * syntheticCount(dataset) * pixels;
  return pixels * (dataset.name === 'folder' ? folderImages : 70_000);
}

const unpackingBytes = (dataset: DatasetSpec): number => (isSynthetic(dataset) || dataset.name === 'folder' ? 0 : checkingBytes);

/** A data set, and what is done with it once loaded. */
const withImages = (dataset: DatasetSpec, use: number): number => splitBytes(dataset) + Math.max(unpackingBytes(dataset), use);

/** Extracting features of this many images at a time; free for pixels. */
const passBytes = (width: number, { n, engine }: { n: number; engine: string }): number =>
  (width === classifierWidth ? classifierPass * composed(engine) * Math.min(1, n / classifierBatch) : 0);

export interface StageMemoryOptions {
  /** ELUCIDATE_HOME, where what programs held is kept. */
  home: string;
  programs?: Pick<ProgramLimits, 'memoryBytes'> | undefined;
}

/** Peak bytes of a stage and of the program that it runs: within a quarter of what was measured, GPU device memory not counted. */
export async function stageBytes({ kind, params, inputs }: Pick<StageTask, 'kind' | 'params' | 'inputs'>, engine: string, options: StageMemoryOptions): Promise<number> {
  const parsed = stageDefinitions[kind].params.safeParse(params);
  if (!parsed.success) return unknownBytes;
  const known = { params: parsed.data as StageParams, inputs: await headersOf(inputs), engine };
  const use = (programUses[kind] as ((of: typeof known) => ProgramUse | undefined) | undefined)?.(known);
  const estimate = estimates[kind] as (known: Known<StageKind>) => number;
  return estimate({ ...known, program: await programBytes(use, options) });
}

/** Outputs of stages that are files of tensors. */
const tensorOutputs = ['weights', 'snapshots', 'images', 'features', 'statistics', 'training'];

async function headersOf(inputs: StageTask['inputs']): Promise<Record<string, Headers>> {
  const all = Object.entries(inputs).map(async ([input, outputs]) => {
    const named = Object.entries(outputs).filter(([output]) => tensorOutputs.includes(output)).map(async ([output, path]) => [output, await headerOf(path)] as const);
    return [input, Object.fromEntries((await Promise.all(named)).filter(([, header]) => header !== undefined)) as Headers] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function headerOf(path: string): Promise<Headers[string] | undefined> {
  try {
    const file = await openTensors(path);
    await file.close();
    return file;
  } catch {
    return undefined; // the stage itself says what is wrong with it
  }
}
