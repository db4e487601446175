import { canonical } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import type { TrainedNetwork } from '@elucidate/training/build';
import type { TrainedClass } from '@elucidate/training/labels';
import type { SafetensorsFile } from '@elucidate/training/safetensors';
import { metadataOf } from './tensor-files.js';

/** What a training run was, besides its weights. */
export type TrainingFacts = Omit<TrainedNetwork, 'tensors'>;

/** The facts as the metadata of a safetensors file. */
export function factsMetadata({ params, sigmaData, classes }: TrainingFacts): SafetensorsFile['metadata'] {
  return { params: canonical(params), sigmaData: String(sigmaData), ...(classes && { classes: JSON.stringify(classes) }) };
}

/** Throws artifact.corrupt for metadata that lacks something, or params that this version does not know. */
export function factsOf(file: SafetensorsFile, path: string): TrainingFacts {
  const params = recordedParams('train', metadataOf(file, 'params', path), path);
  const classes = params.classCondition.kind === 'label' ? (JSON.parse(metadataOf(file, 'classes', path)) as TrainedClass[]) : undefined;
  return { params, sigmaData: Number(metadataOf(file, 'sigmaData', path)), classes };
}

/** The training parameters recorded in a weights file. */
export function recordedParams<K extends 'train' | 'noise-level'>(kind: K, text: string, path: string): StageParams<K> {
  const { success, data, error } = stageDefinitions[kind].params.safeParse(JSON.parse(text));
  if (!success) throw new ElucidateError('artifact.corrupt', `${path} was trained with params this version does not know: ${error.message}`);
  return data as StageParams<K>;
}
