import type { DatasetSpec } from './dataset-grammar.js';
import type { EstimatorSpec } from './design.js';
import type { ExtractorSpec } from './extractors.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';

/** Everything that decides a cell's result except its seeds: each parameter's value, and the settings shared by all cells of the spec. */
export interface CellConfig extends ParameterValues {
  dataset: DatasetSpec;
  images: number;
  batch: number;
  emaHalfLifeImages: number;
  emaRamp: Spec['train']['emaRamp'];
  emaSnapshots?: Spec['train']['emaSnapshots'];
  /** Images generated per trial. */
  samples: number;
  metrics: Spec['evaluate']['metrics'];
  extractor: ExtractorSpec;
  /** The extractor sees pixels in [-inputRange, inputRange]. */
  inputRange: Spec['evaluate']['inputRange'];
  /** Score x0-hat at every step too. */
  trajectory: boolean;
  /** The network that estimates noise levels, used where a cell's noiseLevel is predicted. */
  estimator: EstimatorSpec;
}

/** The part of a config that all cells of a sweep share. */
export type SharedConfig = Omit<CellConfig, ParameterName>;

/** The seeds that turn a cell into a trial. */
export interface Seeds {
  trainSeed: number;
  sampleSeed: number;
}
