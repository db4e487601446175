import { canonical } from './canonical.js';
import { parameterNames } from './parameters.js';

/** The keys on which configurations do not all agree: parameters in the order of their table, then the rest by name. (A database keeps no order of keys.) */
export function varyingKeys(configs: readonly Readonly<Record<string, unknown>>[]): string[] {
  const keys = new Set([...parameterNames, ...configs.flatMap((config) => Object.keys(config)).sort()]);
  return [...keys].filter((key) => new Set(configs.map((config) => canonical(config[key] ?? null))).size > 1);
}
