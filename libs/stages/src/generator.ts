import { readFile } from 'node:fs/promises';
import { isUNet } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import type { Generator } from '@elucidate/training/batch-denoiser';
import type { TrainedNetwork, TrainedEstimator } from '@elucidate/training/build';
import { toTensors } from '@elucidate/training/host-weights';
import { weightsOf } from '@elucidate/training/weights-file';
import type { StageFiles } from './context.js';
import { inputPath } from './files.js';
import { metadataOf, readTensors } from './tensor-files.js';
import { factsOf, recordedParams } from './training-facts.js';

/** Everything that a sampling run needs: each set of weights, and its levels if they were optimised. */
export async function readGenerator({ noiseLevel, guidance }: Pick<StageParams<'sample'>, 'noiseLevel' | 'guidance'>, files: StageFiles): Promise<Generator> {
  const estimator = noiseLevel.kind === 'predicted' ? await readEstimator(inputPath(files, 'noiseLevel', 'weights')) : undefined;
  const guide = guidance.kind === 'autoguidance' ? await readTrained(weightsPath(files, ['guideAverage', 'guide'])) : undefined;
  const levels = files.inputs['levels'] === undefined ? undefined : await readLevels(inputPath(files, 'levels', 'levels'));
  return { ...(await readTrained(weightsPath(files, ['average', 'train']))), estimator, guide, levels };
}

/** The weights of the first of these inputs that there is: another average takes the place of the training's own. */
const weightsPath = (files: StageFiles, inputs: readonly [string, string]): string => inputPath(files, inputs.find((input) => files.inputs[input] !== undefined) ?? inputs[1], 'weights');

async function readTrained(path: string): Promise<TrainedNetwork> {
  const file = await readTensors(path);
  const facts = factsOf(file, path);
  return { ...facts, tensors: isUNet(facts.params.network) ? toTensors(weightsOf(file, 'ema', path)) : {} };
}

async function readEstimator(path: string): Promise<TrainedEstimator> {
  const file = await readTensors(path);
  return { params: recordedParams('noise-level', metadataOf(file, 'params', path), path), tensors: toTensors(weightsOf(file, 'ema', path)) };
}

/** The levels that a levels stage chose. */
async function readLevels(path: string): Promise<number[]> {
  const { discretisation } = JSON.parse(await readFile(path, 'utf8')) as { discretisation?: { levels?: unknown } };
  const levels = discretisation?.levels;
  if (!Array.isArray(levels) || !levels.every((level) => typeof level === 'number')) throw new ElucidateError('artifact.corrupt', `${path} holds no list of levels; remove it and let its stage run again`);
  return levels;
}
