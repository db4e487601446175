import { readFile } from 'node:fs/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric } from '@elucidate/experiment/execution';
import { standardExtractors } from '@elucidate/experiment/extractors';
import type { StageParams } from '@elucidate/experiment/stages';
import { accuracyOf } from '@elucidate/training/features';
import { decodeSafetensors } from '@elucidate/training/safetensors';
import { standardExtractorFile } from '@elucidate/training/feature-extractor';
import { trainClassifier, untrainedConvolutions } from '@elucidate/training/train-classifier';
import { weightsOf } from '@elucidate/training/weights-file';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { encodeExtractor, extractorSet } from './extractor-file.js';
import { sha256, writeOutput } from './files.js';
import { archiveOutput, archivePath, archiveType } from './programs/execute-program.js';
import { labelledImages } from './real-images.js';

type Extractor = StageParams<'extractor'>['extractor'];
type Of<K extends Extractor['kind']> = Extract<Extractor, { kind: K }>;

/** A classifier reads 32x32; other sizes are resized to that when features are computed. */
const resolution = 32;

const bytesOf: { readonly [K in Extractor['kind']]: (extractor: Of<K>, files: StageFiles, context: StageContext) => Promise<Uint8Array> } = {
  standard: shippedBytes,
  trained: trainedBytes,
  random: async ({ seed, channels }) => encodeExtractor({ kind: 'random', weights: untrainedConvolutions(seed, channels), channels }),
  identity: async () => encodeExtractor({ kind: 'identity' }),
  program: async (program) => encodeExtractor(program),
};

/** The network whose features FID and KID use. Output: weights; of a program, which program it is, and its archive. Metric: a classifier's accuracy on the test split of the set it was trained on. */
export async function runExtractor({ extractor }: StageParams<'extractor'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const bytes = await (bytesOf[extractor.kind] as (extractor: Extractor, files: StageFiles, context: StageContext) => Promise<Uint8Array>)(extractor, files, context);
  return {
    outputs: {
      weights: await writeOutput(files, 'weights.safetensors', bytes),
      ...(extractor.kind === 'program' && { [archiveOutput]: { path: archivePath(files, archiveOutput), mediaType: archiveType } }),
    },
    metrics: await accuracyRows(extractor, bytes, context),
  };
}

async function accuracyRows(extractor: Extractor, bytes: Uint8Array, context: StageContext): Promise<Metric[]> {
  if (extractor.kind === 'random' || extractor.kind === 'identity' || extractor.kind === 'program') return [];
  const name = `the ${extractor.kind} extractor`;
  const weights = weightsOf(decodeSafetensors(bytes, name), extractorSet, name);
  try {
    const test = await labelledImages({ name: extractor.kind === 'standard' ? 'fashion-mnist' : extractor.dataset, split: 'test', resolution }, context);
    const accuracy = await accuracyOf(weights, test, { signal: context.signal });
    return [{ name: 'accuracy', value: accuracy, n: test.count, details: { split: 'test' } }];
  } catch (error) {
    if (extractor.kind === 'standard' && error instanceof ElucidateError && error.code === 'data.missing') return statedAccuracy(extractor, error, context);
    throw error;
  }
}

/** Standard extractors serve other data as well, whose machines need not have Fashion-MNIST: there the accuracy is the one measured when the file was made. */
function statedAccuracy({ weights }: Of<'standard'>, { message }: ElucidateError, { onLog }: StageContext): Metric[] {
  const { accuracy, madeOn } = Object.values(standardExtractors).find((each) => each.weights === weights)!;
  onLog(`the standard extractor's accuracy is the one it was made with, and not measured here: ${message}`);
  return [{ name: 'accuracy', value: accuracy, n: testImages, details: { split: 'test', measured: `when it was made, on ${madeOn}` } }];
}

/** In Fashion-MNIST's test split. */
const testImages = 10_000;

/** The file that ships with the project, if it is the one the params name. */
async function shippedBytes({ weights }: Of<'standard'>): Promise<Uint8Array> {
  const bytes = await readFile(standardExtractorFile).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new ElucidateError('data.missing', `The standard extractor ${standardExtractorFile} is not there; install the project whole, or name { kind: trained } in the spec`, { cause });
  });
  const found = sha256(bytes);
  if (found !== weights) throw new ElucidateError('data.corrupt', `The standard extractor ${standardExtractorFile} has sha256 ${found}, the stage needs ${weights}; use the version of the project that planned it`, { details: { found, expected: weights } });
  return bytes;
}

async function trainedBytes({ dataset, seed, epochs }: Of<'trained'>, files: StageFiles, context: StageContext): Promise<Uint8Array> {
  const images = await labelledImages({ name: dataset, split: 'train', resolution }, context);
  const weights = await trainClassifier(images, { seed, epochs, flips: looksAlikeMirrored[dataset] }, { ...context, checkpointDir: files.checkpointDir });
  return encodeExtractor({ kind: 'classifier', weights });
}

const looksAlikeMirrored: Readonly<Record<Of<'trained'>['dataset'], boolean>> = { 'fashion-mnist': true, 'mnist': false };
