import { axesOf, cellsAt } from './axes.js';
import type { Axes } from './axes.js';
import { excludedFrom } from './excludes.js';
import { parameterNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';
import { whereOver } from './where.js';

/** Positions of a grid that pass a test, in ascending order. */
export function positions({ size }: Pick<Axes, 'size'>, passes: (position: number) => boolean): number[] {
  const found: number[] = [];
  for (let position = 0; position < size; position += 1) if (passes(position)) found.push(position);
  return found;
}

/** What `include` adds to a grid: for each entry, the values it names with every value of the other axes. */
export function includedBy(spec: Spec): ParameterValues[] {
  return spec.include.flatMap((entry) => {
    const fixed = Object.entries(entry).map(([name, value]) => [name, { values: [value] }] as const);
    const axes = axesOf({ parameters: { ...spec.parameters, ...Object.fromEntries(fixed) } });
    return positions(axes, () => true).map(cellsAt(axes, {}));
  });
}

/** The cells of a sweep, each with the shared config: the grid minus excluded cells, minus those that `where` drops, plus included ones. The spec comes from parseSpec. */
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
