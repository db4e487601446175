import { parameterNames } from './parameters.js';
import { same } from './same.js';

/** Keys of configurations, each once: parameters in the order of their table, then the rest by name. (A database keeps no order of keys.) */
export function inParameterOrder(keys: readonly string[]): string[] {
  const given = new Set(keys);
  return [...new Set([...parameterNames, ...[...given].sort()])].filter((key) => given.has(key));
}

/** What is computed of a configuration besides, and makes it no other one: sweeps may differ in it. */
const besides: ReadonlySet<string> = new Set(['metrics', 'trajectory']);

/** The keys on which configurations do not all agree, in their order, but for which metrics are computed of them. */
export function varyingKeys(configs: readonly Readonly<Record<string, unknown>>[]): string[] {
  return inParameterOrder(configs.flatMap((config) => Object.keys(config))).filter((key) => !besides.has(key) && configs.some((config) => !same(config[key] ?? null, configs[0]![key] ?? null)));
}
