import { ElucidateError } from './errors.js';
import { isWorkPath } from './plot-work.js';
import { readerOf, type GridAxes } from './plot-axes.js';

/** Where a parameter, or a value inside one, has a label: places on a dimension of the grid, none if no configuration has it. Throws 'request.invalid' for a path that the sweep does not vary. */
export function placesAt(axes: GridAxes, path: string, labels: readonly string[], option = '--fixed'): { dimension: number; places: number[] } {
  const reader = readerOf(axes, path, option);
  const { values, dimension } = axes.get(reader.key)!;
  // a cell that has nothing but its place on this dimension
  const labelAt = (place: number): string => String(reader.valueOf({ cellId: '', place: Object.assign([], { [dimension! - 1]: place }) as number[], nfe: null, seconds: null, estimate: null, incomparable: false }));
  return { dimension: dimension!, places: values.map((_, place) => place).filter((place) => labels.includes(labelAt(place))) };
}

/** The same of a choice that a reader made. Throws 'request.invalid' also for costs, which are ranges, and for labels that the sweep does not have. */
export function keptPlaces(axes: GridAxes, path: string, labels: readonly string[]): { dimension: number; places: number[] } {
  if (isWorkPath(path)) throw new ElucidateError('request.invalid', `keep ${path}: NFE is a range, "within=nfe:5..20"`);
  const known = readerOf(axes, path, 'keep').values.map(String);
  const unknown = labels.find((label) => !known.includes(label));
  if (unknown !== undefined) throw new ElucidateError('request.invalid', `keep ${path}:${unknown}: the sweep has ${path} ${known.slice(0, 40).join(' or ')}${known.length > 40 ? ' ...' : ''}`);
  return placesAt(axes, path, labels, 'keep');
}
