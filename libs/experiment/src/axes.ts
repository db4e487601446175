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

/** Gives the cells of a grid: what `shared` holds, and the value of each parameter at a position. Cells share the values of their axes. */
export function cellsAt<S extends object>(axes: Axes, shared: S): (position: number) => ParameterValues & S {
  const { names, values } = axes;
  const first = { ...Object.fromEntries(names.map((name, axis) => [name, values[axis]![0]])), ...shared };
  const varying = names.flatMap((name, axis) => (values[axis]!.length > 1 ? [{ name, axis }] : []));
  return (position) => {
    const cell: Record<string, unknown> = { ...first };
    for (const { name, axis } of varying) cell[name] = values[axis]![placeOn(axes, axis, position)];
    return cell as unknown as ParameterValues & S;
  };
}
