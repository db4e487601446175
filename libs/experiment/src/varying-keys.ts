import { parameterNames } from './parameters.js';
import { same } from './same.js';

/** Keys of configurations, each once: parameters in the order of their table, then the rest by name. (A database keeps no order of keys.) */
export function inParameterOrder(keys: readonly string[]): string[] {
  const given = new Set(keys);
  return [...new Set([...parameterNames, ...[...given].sort()])].filter((key) => given.has(key));
}

/** The keys on which configurations do not all agree, in their order. */
export function varyingKeys(configs: readonly Readonly<Record<string, unknown>>[]): string[] {
  return inParameterOrder(configs.flatMap((config) => Object.keys(config))).filter((key) => configs.some((config) => !same(config[key] ?? null, configs[0]![key] ?? null)));
}
