import type { DatasetSpec } from './dataset-grammar.js';
import type { WrittenSpec } from './grammar.js';
import type { ListMethod } from './method-grammar.js';
import type { ParameterName, ParameterValues } from './parameters.js';

/** The values of one parameter: at least one, all distinct. */
export interface Axis<T> {
  values: T[];
}

type WrittenExtractor = NonNullable<WrittenSpec['evaluate']['extractor']>;
/** Which network's features FID and KID compare. */
export type ExtractorChoice = Exclude<WrittenExtractor, { kind: 'trained' }> | (Extract<WrittenExtractor, { kind: 'trained' }> & { dataset: 'fashion-mnist' | 'mnist' });

type Cells = Partial<ParameterValues>[];

/** Train seeds one by one, and no more for cells that cannot be the best. `spent`: how much of `level` a look took. */
export interface SeedRace {
  kind?: 'seeds' | undefined;
  first: number;
  level: number;
  looks: { seeds: number; left: number; stopped: Cells; spent?: number | undefined }[];
  over: boolean;
}

/** Ever longer training, and no more for all but the best. Of a look: the images that its cells were trained on, those stopped and those left, each best first. */
export interface Halving {
  kind: 'halving';
  first: number;
  factor: number;
  looks: {
    images: number;
    left: number;
    stopped: Cells;
    order: Cells;
    /** How many of those stopped cannot be told apart from the last that stayed. */
    undecided: number;
    /** Kendall's tau of the order with that at the look before, of the cells that both have; null without one. */
    agreement: number | null;
  }[];
  over: boolean;
}

/** A sweep with every default filled in. Written as JSON or YAML it is itself a sweep file that parses to the same. */
export interface Spec extends Omit<WrittenSpec, 'method' | 'parameters' | 'preset' | 'train' | 'evaluate' | 'include' | 'exclude' | 'repeats' | 'race' | 'profiles'> {
  dataset: DatasetSpec;
  /** The grid, or only the cells that `include` lists; those of the method random are drawn when a file is read, and listed. */
  method: 'grid' | ListMethod;
  /** Every parameter, those written first, in the order written: the order of the grid's axes, the last varying fastest. */
  parameters: { [P in ParameterName]: Axis<ParameterValues[P]> };
  train: WrittenSpec['train'] & { emaHalfLifeImages: number };
  evaluate: Omit<WrittenSpec['evaluate'], 'extractor'> & { extractor: ExtractorChoice };
  include: Partial<ParameterValues>[];
  /** Train seeds, or longer training, bit by bit, and no more for cells that are behind; absent: all have everything. */
  race?: SeedRace | Halving | undefined;
  /** More seeds for some cells; absent where none has. */
  repeats?: { cells: Partial<ParameterValues>[]; train: number[]; sample: number[] }[] | undefined;
  /** As written, defaults not filled in: `{kind: ddim}` matches ddim of any eta. */
  exclude: Partial<Record<ParameterName, unknown>>[];
}
