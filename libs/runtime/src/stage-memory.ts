import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { channelsOf, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { isUNet } from '@elucidate/experiment/design';
import type { StageTask } from '@elucidate/experiment/execution';
import { stageDefinitions, type StageKind, type StageParams } from '@elucidate/experiment/stages';
import { partMaps, unetParts } from '@elucidate/experiment/unet-parts';
import { syntheticCount } from '@elucidate/training/datasets/synthetic';
import { elementSize, type TensorEntry } from '@elucidate/training/safetensors';
import { openTensors } from '@elucidate/training/tensor-parts';
import { isFused, mebibyte, processBytes, trainingBytes } from './memory.js';

/** What every kind of stage takes, from its params and the headers of the files that it reads. Measured: stage-memory.test.ts. */

/** A file's header, by the name under which another stage put it out. */
type Headers = Readonly<Record<string, { metadata: Readonly<Record<string, string>>; tensors: Readonly<Record<string, TensorEntry>> }>>;

interface Known<K extends StageKind> {
  params: StageParams<K>;
  /** input -> headers. */
  inputs: Readonly<Record<string, Headers>>;
  engine: string;
}

const estimates: { readonly [K in StageKind]: (known: Known<K>) => number } = {
  'extractor': ({ params: { extractor } }) => {
    if (extractor.kind === 'random' || extractor.kind === 'identity') return startedBytes;
    // a trained one takes no more for its batches than for unpacking its images
    return startedBytes + checkingBytes + 32 ** 2 * (extractor.kind === 'trained' ? 70_000 : 10_000);
  },
  'reference': ({ params: { dataset }, inputs, engine }) => {
    const width = widthOf(inputs['extractor'], dataset.resolution ** 2 * channelsOf(dataset));
    const features = 4 * 2 * copiesOfFeatures * referenceImages * width + decompositionBytes(width);
    return startedBytes + withImages(dataset, passBytes(width, { n: referenceImages, engine }) + features);
  },
  'train': ({ params: { network, dataset, batch }, engine }) => {
    const compute = trainingBytes({ network, resolution: dataset.resolution, batch }, engine) - processBytes;
    return startedBytes + withImages(dataset, compute);
  },
  'noise-level': ({ params: { dataset, estimator: { channels, batch } }, engine }) => {
    const maps = channels.reduce((sum, c, level) => sum + mapsOfEstimator * c * (dataset.resolution / 2 ** level) ** 2, 0);
    return startedBytes + withImages(dataset, 4 * batch * maps * (isFused(engine) ? 1 : composedTraining));
  },
  'sample': ({ params: { samples }, inputs, engine }) => {
    const weights = inputs['train']?.['weights'];
    const trained = stageDefinitions.train.params.safeParse(JSON.parse(weights?.metadata['params'] ?? 'null'));
    if (!weights || !trained.success) return unknownBytes;
    const { network, dataset } = trained.data;
    const maps = isUNet(network) ? unetParts(network, dataset.resolution, channelsOf(dataset)).reduce((sum, part) => sum + partMaps(part), 0) : 0;
    const pixels = dataset.resolution ** 2 * channelsOf(dataset);
    return startedBytes + copiesOfWeightsFile * bytesOf(weights.tensors) + 4 * samplingBatch * (forwardShare * composed(engine) * maps + mapsOfSampler * pixels) + samples * pixels * (isSynthetic(dataset) ? 4 : 1);
  },
  'embed': ({ inputs, engine }) => {
    const images = inputs['sample']?.['images']?.tensors['images'];
    if (!images) return unknownBytes;
    const [n = 0, height = 0, width = 0, channels = 0] = images.shape;
    const features = widthOf(inputs['extractor'], height * width * channels);
    return startedBytes + bytesOf({ images }) + passBytes(features, { n, engine }) + 4 * copiesOfFeatures * n * features;
  },
  'score': ({ inputs }) => {
    const files = Object.values(inputs).flatMap((headers) => Object.values(headers));
    const features = inputs['embed']?.['features']?.tensors['features'];
    if (!features) return unknownBytes;
    const [n = 0, width = 0] = features.shape;
    return startedBytes + copiesOfScored * files.reduce((sum, { tensors }) => sum + bytesOf(tensors), 0) + 8 * n * width + decompositionBytes(width);
  },
};

/** Where a file that a stage needs cannot be read: it will say so itself. */
const unknownBytes = 800 * mebibyte;
/** Looking through the IDX files, whose hashes are checked, and unpacking the largest. */
const checkingBytes = 225 * mebibyte;
/** Images taken for a folder, whose number its spec does not tell. */
const folderImages = 60_000;
/** Images of each split that a reference has features of. */
const referenceImages = 10_000;
/** Node, tfjs and an engine. */
const startedBytes = 105 * mebibyte;
/** A forward pass has more maps at a time where group norm and SiLU are many kernels. */
const composedFactor = 1.3;
/** A training of the noise-level estimator: numbers a channel and pixel of each level, and how much more where kernels are many. */
const mapsOfEstimator = 9;
const composedTraining = 5;
/** The standard classifier's features of `classifierBatch` images, on engines with fused kernels. */
const classifierPass = 60 * mebibyte;
const classifierBatch = 250;
const classifierWidth = 64;
/** While they are made and put in a file. */
const copiesOfFeatures = 2;
/** The file as read, its tensors, and those of them that go to the engine. */
const copiesOfWeightsFile = 2.5;
const copiesOfScored = 2;
/** Images sampled together. */
const samplingBatch = 64;
/** A forward pass keeps its maps until its end, as many as a training does. */
const forwardShare = 1.3;
/** Images of a batch: x, noise, x0-hat, steps before. */
const mapsOfSampler = 12;

/** How much more engines take whose group norm and SiLU are many kernels. */
const composed = (engine: string): number => (isFused(engine) ? 1 : composedFactor);

/** Factor, product and singular vectors of d x d numbers, float64. */
const decompositionBytes = (width: number): number => 6 * 8 * width ** 2;

const bytesOf = (tensors: Readonly<Record<string, TensorEntry>>): number =>
  Object.values(tensors).reduce((sum, { dtype, shape }) => sum + shape.reduce((product, n) => product * n, elementSize(dtype)), 0);

/** Features of an image: those of the classifier, whose file has weights, or its pixels. */
const widthOf = (extractor: Headers | undefined, pixels: number): number => (Object.keys(extractor?.['weights']?.tensors ?? {}).length > 0 ? classifierWidth : pixels);

/** Both splits of a data set as they are kept. */
function splitBytes(dataset: DatasetSpec): number {
  const pixels = dataset.resolution ** 2 * channelsOf(dataset);
  if (isSynthetic(dataset)) return 2 * 4 * syntheticCount(dataset) * pixels;
  return pixels * (dataset.name === 'folder' ? folderImages : 70_000);
}

const unpackingBytes = (dataset: DatasetSpec): number => (isSynthetic(dataset) || dataset.name === 'folder' ? 0 : checkingBytes);

/** A data set, and what is done with it once it is there. */
const withImages = (dataset: DatasetSpec, use: number): number => splitBytes(dataset) + Math.max(unpackingBytes(dataset), use);

/** Features of so many images at a time; pixels are none. */
const passBytes = (width: number, { n, engine }: { n: number; engine: string }): number =>
  (width === classifierWidth ? classifierPass * composed(engine) * Math.min(1, n / classifierBatch) : 0);

/** Bytes a stage takes at its peak: within a quarter of what was measured, device memory of a GPU not counted. */
export async function stageBytes({ kind, params, inputs }: Pick<StageTask, 'kind' | 'params' | 'inputs'>, engine: string): Promise<number> {
  const parsed = stageDefinitions[kind].params.safeParse(params);
  if (!parsed.success) return unknownBytes;
  const estimate = estimates[kind] as (known: Known<StageKind>) => number;
  return estimate({ params: parsed.data as StageParams, inputs: await headersOf(inputs), engine });
}

/** Outputs of stages that are files of tensors. */
const tensorOutputs = ['weights', 'images', 'features', 'statistics'];

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
