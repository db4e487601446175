import { canonical } from './canonical.js';
import { networkNames, networks } from './design.js';
import type { NetworkName, NetworkSpec } from './design.js';

const nameByShape = new Map(networkNames.map((name) => [canonical(networks[name]), name]));

/** The name of a network that has one. */
export function networkName(network: NetworkSpec): NetworkName | undefined {
  return nameByShape.get(canonical(network));
}
