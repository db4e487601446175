import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';

/** The grid of a sweep without its cells written out: cell i is at position i, the last axis varying fastest. */
export interface Axes {
  names: readonly ParameterName[];
  /** [axis][index]. */
  values: readonly (readonly unknown[])[];
  /** Stride: positions from one value of an axis to the next. */
  strides: readonly number[];
  /** Total number of cells. */
  size: number;
}

export function axesOf({ parameters }: Pick<Spec, 'parameters'>): Axes {
  const names = Object.keys(parameters) as ParameterName[];
  const values = names.map((name): readonly unknown[] => parameters[name].values);
  const strides = values.map((_, axis) => values.slice(axis + 1).reduce((product, { length }) => product * length, 1));
  return { names, values, strides, size: values.reduce((product, { length }) => product * length, 1) };
}

/** The index of a cell on an axis. */
export function placeOn({ values, strides }: Axes, axis: number, position: number): number {
  return Math.floor(position / strides[axis]!) % values[axis]!.length;
}

/** Returns the cells of a grid: the members of `shared`, and the value of each parameter at a position. Cells share the values of their axes. */
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
