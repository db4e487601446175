import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';

/** The grid of a sweep, its cells not written out: cell i is at position i, the axis written last varying fastest. */
export interface Axes {
  names: readonly ParameterName[];
  /** [axis][place]. */
  values: readonly (readonly unknown[])[];
  /** Positions from one place of an axis to the next. */
  strides: readonly number[];
  /** Cells in all. */
  size: number;
}

export function axesOf({ parameters }: Pick<Spec, 'parameters'>): Axes {
  const names = Object.keys(parameters) as ParameterName[];
  const values = names.map((name): readonly unknown[] => parameters[name].values);
  const strides = values.map((_, axis) => values.slice(axis + 1).reduce((product, { length }) => product * length, 1));
  return { names, values, strides, size: values.reduce((product, { length }) => product * length, 1) };
}

/** Where a cell stands on an axis. */
export function placeOn({ values, strides }: Axes, axis: number, position: number): number {
  return Math.floor(position / strides[axis]!) % values[axis]!.length;
}

/** The value of each parameter in a cell. Cells share the values of their axes. */
export function valuesAt(axes: Axes, position: number): ParameterValues {
  const { names, values } = axes;
  const cell: Record<string, unknown> = {};
  for (let axis = 0; axis < names.length; axis += 1) cell[names[axis]!] = values[axis]![placeOn(axes, axis, position)];
  return cell as unknown as ParameterValues;
}
