import { contentId } from './canonical.js';
import { channelsOf } from './dataset-grammar.js';
import type { DatasetSpec } from './dataset-grammar.js';
import { standardExtractors } from './extractors.js';
import { selectValues } from './grid.js';
import type { ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';
import type { StageParams } from './stages.js';

/** What of a spec, besides its parameters, decides a cell's result. */
export interface SweepFacts {
  dataset: DatasetSpec;
  images: number;
  batch: number;
  emaHalfLifeImages: number;
  /** Images generated per trial. */
  samples: number;
  metrics: StageParams<'score'>['metrics'];
  extractor: StageParams<'extractor'>['extractor'];
  /** The extractor sees pixels in [-inputRange, inputRange]. */
  inputRange: StageParams<'reference'>['inputRange'];
  /** Score x0-hat at every step too. */
  trajectory: boolean;
  /** The network that predicts noise levels, where a cell asks for it. */
  predictor: StageParams<'noise-level'>['predictor'];
}

/** Everything that decides a cell's result except its seeds: each parameter's value, and the sweep's facts. */
export interface CellConfig extends ParameterValues, SweepFacts {}

/** One point of the grid, without a seed. */
export interface Cell {
  /** sha256 of the config: the same cell in two sweeps has the same id. */
  id: string;
  /** 0, 1, 2 ... in the order of the grid, the axis written last varying fastest; included cells come last. */
  position: number;
  config: CellConfig;
}

function extractorOf({ dataset, evaluate: { extractor } }: Spec): SweepFacts['extractor'] {
  switch (extractor.kind) {
    case 'standard': return { kind: 'standard', weights: standardExtractors['fashion-mnist'].weights };
    case 'random': return { ...extractor, channels: channelsOf(dataset) };
    case 'trained':
    case 'identity': return extractor;
  }
}

function sweepFacts(spec: Spec): SweepFacts {
  const { images, batch, emaHalfLifeImages } = spec.train;
  const { samples, metrics, inputRange, trajectory } = spec.evaluate;
  return { dataset: spec.dataset, images, batch, emaHalfLifeImages, samples, metrics, extractor: extractorOf(spec), inputRange, trajectory, predictor: spec.noiseLevelNetwork };
}

/** The cells of a sweep, each once, in the order of the grid. */
export function cellsOf(spec: Spec): Cell[] {
  const facts = sweepFacts(spec);
  const configs = new Map(selectValues(spec).map((values) => {
    const config = { ...values, ...facts };
    return [contentId(config), config];
  }));
  return [...configs].map(([id, config], position) => ({ id, position, config }));
}
