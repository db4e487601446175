import { axesOf, cellsAt } from './axes.js';
import { excludedFrom } from './excludes.js';
import { memoised } from './memoised.js';
import { parameterNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';
import { whereOver } from './where.js';

/** Positions of a grid that pass a test, in ascending order. */
function positions(size: number, passes: (position: number) => boolean): number[] {
  const found: number[] = [];
  for (let position = 0; position < size; position += 1) if (passes(position)) found.push(position);
  return found;
}

/** What `exclude` leaves. */
interface Remaining {
  /** Positions of the grid, ascending. */
  rest: readonly number[];
  /** Indices of the entries of `exclude` that match no cell. */
  idle: readonly number[];
}

/** What `exclude` leaves of a sweep's grid. Like `where`, it is evaluated once: a sweep is checked and planned with the same result. */
export const remaining = memoised((spec: Spec): Remaining => {
  if (spec.method !== 'grid') return { rest: [], idle: [] };
  const axes = axesOf(spec);
  const { cells, idle } = excludedFrom(axes, spec.exclude);
  return { rest: positions(axes.size, (position) => cells[position] === 0), idle };
});

/** The positions that neither `exclude` nor `where` drops, ascending. Throws what `where` throws. */
export const keptPositions = memoised((spec: Spec): readonly number[] => {
  const { rest } = remaining(spec);
  return spec.where === undefined ? rest : rest.filter(whereOver(axesOf(spec), spec.where));
});

/** What `include` adds to a grid: for each entry, the values it names with every value of the other axes. */
export function includedBy(spec: Spec): ParameterValues[] {
  return spec.include.flatMap((entry) => {
    const fixed = Object.entries(entry).map(([name, value]) => [name, { values: [value] }] as const);
    const axes = axesOf({ parameters: { ...spec.parameters, ...Object.fromEntries(fixed) } });
    return positions(axes.size, () => true).map(cellsAt(axes, {}));
  });
}

/** The cells of a sweep, each with the shared config: the grid minus excluded cells, minus those that `where` drops, plus included ones. The spec comes from parseSpec. */
export function selectCells<S extends object>(spec: Spec, shared: S): (ParameterValues & S)[] {
  const axes = axesOf(spec);
  return [...keptPositions(spec).map(cellsAt(axes, shared)), ...includedBy(spec).map((values) => ({ ...values, ...shared }))];
}

/** Every value of a parameter in the file, with its place: those of its axis and those of `include`. */
export function placedValues<P extends ParameterName>({ parameters, include }: Spec, name: P): { path: string; value: ParameterValues[P] }[] {
  return [
    ...parameters[name].values.map((value, index) => ({ path: `parameters.${name}.values[${index}]`, value })),
    ...include.flatMap(({ [name]: value }, index) => (value === undefined ? [] : [{ path: `include[${index}].${name}`, value: value as ParameterValues[P] }])),
  ];
}

export const valuesOf = <P extends ParameterName>(spec: Spec, name: P): ParameterValues[P][] => placedValues(spec, name).map(({ value }) => value);

/** The parameters on which the cells of a sweep may differ, with their values. */
export function variedParameters(spec: Spec): Map<ParameterName, readonly unknown[]> {
  return new Map(parameterNames.map((name) => [name, valuesOf(spec, name)] as const).filter(([, { length }]) => length > 1));
}
