import type { DatasetSpec } from './dataset-grammar.js';
import type { WrittenSpec } from './grammar.js';
import type { ParameterName, ParameterValues } from './parameters.js';

/** The values of one parameter: at least one, all distinct. */
export interface Axis<T> {
  values: T[];
}

type WrittenExtractor = NonNullable<WrittenSpec['evaluate']['extractor']>;
/** Which network's features FID and KID compare. */
export type ExtractorChoice = Exclude<WrittenExtractor, { kind: 'trained' }> | (Extract<WrittenExtractor, { kind: 'trained' }> & { dataset: 'fashion-mnist' | 'mnist' });

/** A sweep with every default filled in. Written as JSON or YAML it is itself a sweep file that parses to the same. */
export interface Spec extends Omit<WrittenSpec, 'parameters' | 'preset' | 'train' | 'evaluate' | 'include' | 'exclude' | 'profiles'> {
  dataset: DatasetSpec;
  /** Every parameter, those written first, in the order written: the order of the grid's axes, the last varying fastest. */
  parameters: { [P in ParameterName]: Axis<ParameterValues[P]> };
  train: WrittenSpec['train'] & { emaHalfLifeImages: number };
  evaluate: Omit<WrittenSpec['evaluate'], 'extractor'> & { extractor: ExtractorChoice };
  include: Partial<ParameterValues>[];
  /** As written, defaults not filled in: `{kind: ddim}` matches ddim of any eta. */
  exclude: Partial<Record<ParameterName, unknown>>[];
}
