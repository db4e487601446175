import { titleOf } from './axis-title.js';
import { ElucidateError } from './errors.js';
import { labelOf } from './labels.js';
import { parameterNames } from './parameters.js';
import type { PlotAxis, PlotCell, PlotRequest } from './plot.js';
import { nearestWord } from './problem-text.js';
import { isMeasured, isWorkPath, workPaths, type WorkPath } from './plot-work.js';
import { differingPaths, leavesOf } from './raw-columns.js';

/** What the cells of a sweep have for each key of their configurations. */
export type GridAxes = ReadonlyMap<string, { values: readonly unknown[]; dimension: number | null }>;

/** An axis that can be read off a cell. */
export interface AxisReader {
  path: string;
  title: string;
  /** The key of the configuration that it is of; "steps" for NFE and seconds, which follow from it. */
  key: string;
  numeric: boolean;
  /** The value of a cell; null: it has none. */
  valueOf(cell: PlotCell): number | string | null;
  /** In the order of the grid; none for NFE and seconds, which only the cells know. */
  values: readonly (number | string)[];
}

export const nfe = 'nfe';

/** Curves that can be told apart, and panels that can be read. */
const [mostLines, mostFacets] = [16, 6];

/** The parameters that vary, in the order of their table. */
export const varyingIn = (axes: GridAxes): string[] => parameterNames.filter((name) => axes.get(name)?.dimension != null);

/** Every axis that a picture of a sweep can have. */
export function axisNames(axes: GridAxes): string[] {
  return [...varyingIn(axes).flatMap((key) => [...new Set([key, ...differingPaths(key, axes.get(key)!.values)])]), ...workPaths];
}

const workReader = (path: WorkPath): AxisReader => ({ path, title: titleOf(path), key: 'steps', numeric: true, valueOf: (cell) => (path === nfe ? cell.nfe : cell.seconds?.mean ?? null), values: [] });

/** An axis by its name. Throws 'request.invalid' for one that the sweep does not have or does not vary. */
export function readerOf(axes: GridAxes, path: string, option: string): AxisReader {
  if (isMeasured(path) && ['--y', '--lines', '--facets', '--fixed'].includes(option)) throw new ElucidateError('request.invalid', `${option} ${path}: device-seconds are for --x`);
  if (isWorkPath(path)) return workReader(path);
  const key = path.split('.')[0]!;
  const axis = axes.get(key);
  const known = axisNames(axes);
  if (!known.includes(path)) {
    const near = nearestWord(path, known);
    const why = axis !== undefined && axis.dimension === null && path === key ? `${path} does not vary in this sweep: it is ${labelOf(key, axis.values[0])}` : `this sweep varies no ${path}`;
    throw new ElucidateError('request.invalid', `${option} ${JSON.stringify(path)}: ${why}; choose from ${known.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const values = axis!.values.map((value): number | string | null => {
    const inner = path === key ? value : leavesOf(key, value).get(path) ?? null;
    return inner === null ? null : typeof inner === 'number' ? inner : path === key ? labelOf(key, inner) : String(inner);
  });
  const present = values.filter((value) => value !== null);
  const numeric = present.length > 0 && present.every((value) => typeof value === 'number');
  const distinct = [...new Set(present)];
  return {
    path, key, numeric,
    title: path === key ? titleOf(key) : path,
    valueOf: ({ place }) => values[place[axis!.dimension! - 1] ?? -1] ?? null,
    values: numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct,
  };
}

/** Every axis that a picture of a sweep can have in any direction, which seconds are not, with its values; NFE has none here, as only the cells know them. */
export const allAxes = (axes: GridAxes): PlotAxis[] => axisNames(axes).filter((name) => !isMeasured(name)).map((name) => {
  const { path, title, numeric, values } = readerOf(axes, name, '');
  return { path, title, numeric, values };
});

/** The axes of a picture. */
export interface ChosenAxes {
  x: AxisReader;
  y: AxisReader | null;
  lines: AxisReader | null;
  facets: AxisReader | null;
}

/** What to look at first: the lesson's and Chen's question along x, solvers as lines. */
const preferred = {
  x: ['inputScale', 'steps', 'guidance.scale', 'learningRate', 'dropout'],
  lines: ['sampler', 'schedule', 'discretisation', 'steps', 'inputScale'],
  facets: ['schedule', 'steps', 'sampler', 'inputScale'],
} as const;

/** Axes on which every cell has a number; of a part of one kind, such as `schedule.tau`, also one inside it. */
const numericPaths = (axes: GridAxes): string[] => axisNames(axes).filter((path) => {
  if (isWorkPath(path) || !readerOf(axes, path, '').numeric) return false;
  const key = path.split('.')[0]!;
  return path === key || axes.get(key)!.values.every((value) => leavesOf(key, value).has(path));
});

function defaultX(axes: GridAxes, taken: readonly string[]): string {
  const free = (path: string): boolean => !taken.includes(path.split('.')[0]!);
  const numeric = numericPaths(axes).filter(free);
  const first = [...preferred.x.filter((path) => numeric.includes(path)), ...numeric][0] ?? varyingIn(axes).find(free);
  // solvers of different orders are compared at equal work
  if (first === 'steps' && varyingIn(axes).some((key) => key === 'sampler' || key === 'guidance')) return nfe;
  return first ?? nfe;
}

/** The axes that were asked for, and for the others what shows most of what varies. Throws 'request.invalid'. */
export function chooseAxes(axes: GridAxes, { x, y, lines, facets, fixed = {} }: PlotRequest): ChosenAxes {
  const varying = varyingIn(axes);
  if (varying.length === 0) throw new ElucidateError('request.invalid', 'Nothing varies in this sweep, so there is nothing to draw a metric against; `elucidate table` and `elucidate trials` have its numbers');
  const asked = [...[x, y, lines, facets].filter((path) => path !== undefined && path !== 'none').map((path) => (isWorkPath(path!) ? 'steps' : path!.split('.')[0]!)), ...Object.keys(fixed)];
  const readers: { x: AxisReader } & Partial<Record<'y' | 'lines' | 'facets', AxisReader>> = { x: readerOf(axes, x ?? defaultX(axes, asked), '--x') };
  const used = new Set([...asked, readers.x.key]);
  if (y !== undefined) readers.y = readerOf(axes, y, '--y');
  const choose = (role: 'lines' | 'facets', given: string | undefined, most: number): void => {
    if (given === 'none') return;
    const found = given ?? [...preferred[role], ...varying].find((key) => varying.includes(key) && !used.has(key) && axes.get(key)!.values.length <= most);
    if (found === undefined) return;
    readers[role] = readerOf(axes, found, `--${role}`);
    used.add(readers[role].key);
  };
  if (y === undefined) choose('lines', lines, mostLines);
  else if (lines !== undefined && lines !== 'none') throw new ElucidateError('request.invalid', `--lines ${JSON.stringify(lines)}: a heat map, which --y makes, has no lines; use --facets`);
  choose('facets', facets, mostFacets);
  const all = Object.values(readers).map(({ path }) => path);
  const twice = all.find((path, i) => all.indexOf(path) !== i);
  if (twice !== undefined) throw new ElucidateError('request.invalid', `${twice} is asked for twice; each of --x, --y, --lines and --facets needs an axis of its own`);
  return { x: readers.x, y: readers.y ?? null, lines: readers.lines ?? null, facets: readers.facets ?? null };
}
