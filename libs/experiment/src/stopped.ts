import type { Trial } from '@elucidate/statistics/trial';
import { canonical } from './canonical.js';
import { memoised } from './memoised.js';
import { parameterNames, type ParameterName } from './parameters.js';
import type { Spec } from './spec.js';

type Values = Readonly<Partial<Record<ParameterName, unknown>>>;

/** A cell that is still in the race, with the trials of it that have a finite score. */
export interface Racer {
  config: Values;
  trials: readonly Trial[];
}

const textOf = (names: readonly ParameterName[], values: Values): string => names.map((name) => canonical(values[name])).join('\n');

/** Looks of a race by the cells that they stopped: a cell is looked up once for each set of parameters that some look names. */
const stops = memoised((spec: Spec): { names: ParameterName[]; looks: Map<string, number> }[] => {
  const byNames = new Map<string, { names: ParameterName[]; looks: Map<string, number> }>();
  for (const [index, { stopped }] of (spec.race?.looks ?? []).entries()) {
    for (const pattern of stopped) {
      const names = parameterNames.filter((name) => pattern[name] !== undefined);
      const known = byNames.get(names.join(' ')) ?? { names, looks: new Map<string, number>() };
      byNames.set(names.join(' '), known);
      known.looks.set(textOf(names, pattern), index);
    }
  }
  return [...byNames.values()];
});

/** The look of a race that stopped a cell, by its place among them; null for a cell that was not stopped. */
export function stoppedBy(spec: Spec, config: Values): number | null {
  if (spec.race === undefined) return null;
  for (const { names, looks } of stops(spec)) {
    const found = looks.get(textOf(names, config));
    if (found !== undefined) return found;
  }
  return null;
}
