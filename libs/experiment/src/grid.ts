import { axesOf, cellsAt } from './axes.js';
import type { Axes } from './axes.js';
import { excludedFrom } from './excludes.js';
import { parameterNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';
import { whereOver } from './where.js';

/** An `include` entry with each absent parameter at its only value, or the parameters that have several. */
export function completed(spec: Spec, entry: Partial<ParameterValues>): { values: ParameterValues } | { open: ParameterName[] } {
  const open = parameterNames.filter((name) => entry[name] === undefined && spec.parameters[name].values.length > 1);
  if (open.length > 0) return { open };
  const pairs = parameterNames.map((name) => [name, entry[name] ?? spec.parameters[name].values[0]]);
  return { values: Object.fromEntries(pairs) as ParameterValues };
}

/** Positions of a grid that pass a test, rising. */
export function positions({ size }: Pick<Axes, 'size'>, passes: (position: number) => boolean): number[] {
  const found: number[] = [];
  for (let position = 0; position < size; position += 1) if (passes(position)) found.push(position);
  return found;
}

/** What `include` adds to a grid. */
export function includedBy(spec: Spec): ParameterValues[] {
  return spec.include.flatMap((entry) => {
    const found = completed(spec, entry);
    return 'values' in found ? [found.values] : [];
  });
}

/** The cells of a sweep, each with what they share: the grid less what is excluded, less what `where` drops, plus what is included. The spec comes from parseSpec. */
export function selectCells<S extends object>(spec: Spec, shared: S): (ParameterValues & S)[] {
  const axes = axesOf(spec);
  const excluded = excludedFrom(axes, spec.exclude).cells;
  const keeps = spec.where === undefined ? () => true : whereOver(axes, spec.where);
  const kept = positions(axes, (position) => excluded[position] === 0 && keeps(position));
  return [...kept.map(cellsAt(axes, shared)), ...includedBy(spec).map((values) => ({ ...values, ...shared }))];
}

/** The parameters on which the cells of a sweep may differ. */
export function variedParameters({ parameters, include }: Spec): ParameterName[] {
  return parameterNames.filter((name) => parameters[name].values.length > 1 || include.some((entry) => entry[name] !== undefined));
}
