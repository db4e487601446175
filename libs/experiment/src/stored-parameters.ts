import { defaultParameters, parameterNames } from './parameters.js';
import type { Spec } from './spec.js';

/** The parameters of a sweep as it was stored: those of `order` first, then the others, then those that were added to the language since it was submitted, with their defaults. */
export function storedParameters({ parameters, train, dataset }: Pick<Spec, 'train' | 'dataset'> & { parameters: Partial<Spec['parameters']> }, order: readonly string[]): Spec['parameters'] {
  const given: Readonly<Record<string, unknown>> = parameters;
  const names = [...new Set([...order, ...Object.keys(given)])].filter((name) => name in given);
  const since = parameterNames.filter((name) => !(name in given));
  const defaults = since.length === 0 ? undefined : defaultParameters(train, dataset);
  return Object.fromEntries([...names.map((name) => [name, given[name]] as const), ...since.map((name) => [name, { values: [defaults![name]] }] as const)]) as Spec['parameters'];
}
