import { recordWriter, remembered } from './canonical.js';
import type { CellConfig, SharedConfig } from './cell-config.js';
import { channelsOf } from './dataset-grammar.js';
import { digest } from './digest.js';
import { standardExtractors } from './extractors.js';
import { selectCells, variedParameters } from './grid.js';
import type { Spec } from './spec.js';

/** One point of the grid, without a seed. */
export interface Cell {
  /** sha256 of the config: the same cell in two sweeps has the same id. */
  id: string;
  /** 0, 1, 2 ... in the order of the grid, the axis written last varying fastest; included cells come last. */
  position: number;
  config: CellConfig;
}

function extractorOf({ dataset, evaluate: { extractor } }: Spec): CellConfig['extractor'] {
  switch (extractor.kind) {
    case 'standard': return { kind: 'standard', weights: standardExtractors['fashion-mnist'].weights };
    case 'random': return { ...extractor, channels: channelsOf(dataset) };
    case 'trained':
    case 'identity': return extractor;
  }
}

function sharedConfig(spec: Spec): SharedConfig {
  const { images, batch, emaHalfLifeImages, emaRamp } = spec.train;
  const { samples, metrics, inputRange, trajectory } = spec.evaluate;
  return { dataset: spec.dataset, images, batch, emaHalfLifeImages, emaRamp, samples, metrics, extractor: extractorOf(spec), inputRange, trajectory, estimator: spec.noiseLevelEstimator };
}

/** The cells of a sweep, each once, in the order of the grid. */
export function cellsOf(spec: Spec): Cell[] {
  const configs = selectCells(spec, sharedConfig(spec));
  const textOf = recordWriter({ fixed: { ...configs[0] }, varying: [...variedParameters(spec).keys()] }, remembered());
  const cells = configs.map((config, position) => ({ id: digest(textOf(config)), position, config }));
  // the cells of a grid are distinct; only an included one may be there already
  if (spec.include.length === 0) return cells;
  return Array.from(new Map(cells.map(({ id, config }) => [id, config])), ([id, config], position) => ({ id, position, config }));
}
