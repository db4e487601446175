import { canonical } from './canonical.js';
import type { NetworkSpec } from './design.js';
import { isRecord } from './members.js';
import { networkName } from './network-name.js';

/** A value as a data frame holds it. */
export type Scalar = string | number | boolean | null;

/** Path -> value: "sampler.kind" -> "heun", "sampler.eta" -> 0. */
export type Leaves = ReadonlyMap<string, Scalar>;

/** The plain values inside one value of a key of a configuration; a list is one, as JSON text, and so is a network that has a name. */
export function leavesOf(key: string, value: unknown): Leaves {
  const name = key === 'network' && isRecord(value) ? networkName(value as unknown as NetworkSpec) : undefined;
  if (name !== undefined) return new Map([[key, name]]);
  if (isRecord(value)) return new Map(Object.entries(value).flatMap(([member, inner]) => [...leavesOf(`${key}.${member}`, inner)]));
  return new Map([[key, Array.isArray(value) ? canonical(value) : (value ?? null) as Scalar]]);
}

/** The paths below a key on which some of its values differ, its kind first, then by name: a database keeps no order of keys. */
export function differingPaths(key: string, values: readonly unknown[]): string[] {
  const leaves = values.map((value) => leavesOf(key, value));
  const paths = new Set(leaves.flatMap((one) => [...one.keys()]));
  return [...paths].filter((path) => new Set(leaves.map((one) => canonical(one.get(path) ?? null))).size > 1).sort((a, b) => Number(b === `${key}.kind`) - Number(a === `${key}.kind`) || (a < b ? -1 : 1));
}
