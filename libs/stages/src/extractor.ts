import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import { accuracyOf } from '@elucidate/training/features';
import { decodeSafetensors, encodeSafetensors } from '@elucidate/training/safetensors';
import { standardExtractorFile } from '@elucidate/training/standard-extractor';
import { trainClassifier } from '@elucidate/training/train-classifier';
import { tensorsOf, weightsOf } from '@elucidate/training/weights-file';
import type { Findings, StageContext, StageFiles } from './context.js';
import { extractorSet } from './extractor-file.js';
import { sha256, writeOutput } from './files.js';
import { labelledImages } from './real-images.js';

type Extractor = StageParams<'extractor'>['extractor'];
type Of<K extends Extractor['kind']> = Extract<Extractor, { kind: K }>;

/** The classifier reads 32x32; others are brought to that when features are taken. */
const dataset = { name: 'fashion-mnist', resolution: 32 } as const;

const bytesOf: { readonly [K in Extractor['kind']]: (extractor: Of<K>, context: StageContext) => Promise<Uint8Array> } = {
  standard: shippedBytes,
  trained: trainedBytes,
};

/** The network whose features FID and KID use. Output: weights. Metric: its accuracy on the test split. */
export async function runExtractor({ extractor }: StageParams<'extractor'>, files: StageFiles, context: StageContext): Promise<Findings> {
  const bytes = await (bytesOf[extractor.kind] as (extractor: Extractor, context: StageContext) => Promise<Uint8Array>)(extractor, context);
  const name = `the ${extractor.kind} extractor`;
  const weights = weightsOf(decodeSafetensors(bytes, name), extractorSet, name);
  const test = await labelledImages(dataset, 'test', context);
  const accuracy = await accuracyOf(weights, test, { signal: context.signal });
  return {
    outputs: { weights: await writeOutput(files, 'weights.safetensors', bytes) },
    metrics: [{ name: 'accuracy', value: accuracy, n: test.images.count, details: { split: 'test' } }],
  };
}

/** The file that ships with the project, if it is the one the params name. */
async function shippedBytes({ weights }: Of<'standard'>): Promise<Uint8Array> {
  const bytes = await readFile(standardExtractorFile).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new ElucidateError('data.missing', `The standard extractor ${standardExtractorFile} is not there; install the project whole, or name { kind: trained } in the spec`, { cause });
  });
  const found = sha256(bytes);
  if (found !== weights) throw new ElucidateError('data.corrupt', `The standard extractor ${standardExtractorFile} has sha256 ${found}, the stage asks for ${weights}; use the version of the project that planned it`, { details: { found, expected: weights } });
  return bytes;
}

async function trainedBytes({ seed, epochs }: Of<'trained'>, context: StageContext): Promise<Uint8Array> {
  const weights = await trainClassifier(await labelledImages(dataset, 'train', context), {
    seed,
    epochs,
    onStep: async ({ step, steps, loss }) => {
      context.onProgress({ fraction: step / steps, note: `step ${step} of ${steps}, loss ${loss.toFixed(4)}`, values: { loss } });
      await setImmediate();
      context.signal.throwIfAborted();
    },
  });
  return encodeSafetensors({ tensors: tensorsOf({ [extractorSet]: weights }), metadata: {} });
}
