import { recordWriter, remembered } from './canonical.js';
import type { CellConfig, SharedConfig } from './cell-config.js';
import { channelsOf } from './dataset-grammar.js';
import { digest } from './digest.js';
import { standardExtractors } from './extractors.js';
import { selectCells, variedParameters } from './grid.js';
import { halvingOf, imagesOf } from './halving.js';
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
    case 'program':
    case 'identity': return extractor;
  }
}

function sharedConfig(spec: Spec): SharedConfig {
  const { images, batch, emaHalfLifeImages, emaRamp, emaSnapshots } = spec.train;
  const { samples, metrics, inputRange, trajectory } = spec.evaluate;
  return { dataset: spec.dataset, images, batch, emaHalfLifeImages, emaRamp, emaSnapshots, samples, metrics, extractor: extractorOf(spec), inputRange, trajectory, estimator: spec.noiseLevelEstimator };
}

type Renewed = 'ema' | 'noisePairing';

/** What names a cell: its config, without an average that is the training's own and noise that is not assigned, so that cells have the names that they had before there was another. */
const named = ({ ema, noisePairing, ...config }: CellConfig): Omit<CellConfig, Renewed> & { [P in Renewed]: CellConfig[P] | undefined } =>
  ({ ...config, ema: ema.kind === 'trained' ? undefined : ema, noisePairing: noisePairing === 'independent' ? undefined : noisePairing });

/** The cells of a sweep, each once, in the order of the grid. */
export function cellsOf(spec: Spec): Cell[] {
  const selected = selectCells(spec, sharedConfig(spec));
  const halving = halvingOf(spec) !== undefined;
  const configs = halving ? selected.map((config) => ({ ...config, images: imagesOf(spec, config) })) : selected;
  const varied = variedParameters(spec);
  const textOf = recordWriter({ fixed: configs[0] === undefined ? {} : { ...named(configs[0]) }, varying: [...varied.keys(), ...(halving ? ['images'] : [])] }, remembered());
  const cells = configs.map((config, position) => ({ id: digest(textOf(varied.has('ema') || varied.has('noisePairing') ? named(config) : config)), position, config }));
  // the cells of a grid are distinct; only an included one may be there already
  if (spec.include.length === 0) return cells;
  return Array.from(new Map(cells.map(({ id, config }) => [id, config])), ([id, config], position) => ({ id, position, config }));
}
