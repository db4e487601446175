import { drawCells, type DrawnAxis } from './draw-cells.js';
import { canonical } from './canonical.js';
import type { Problem } from './errors.js';
import type { WrittenSpec } from './grammar.js';
import type { RandomMethod } from './method-grammar.js';
import { defaultParameters, parameterNames, type ParameterName, type ParameterValues } from './parameters.js';
import { shortText } from './problem-text.js';
import type { Spec } from './spec.js';

/** A sweep file whose cells are those of a grid, or listed: none are left to be drawn. */
export type Listed = Omit<WrittenSpec, 'method'> & Pick<Spec, 'method'>;

interface Listing {
  written: Listed;
  problems: Problem[];
}

const axisOf = (written: WrittenSpec, name: ParameterName): { value?: unknown; values?: readonly unknown[] | undefined; distribution?: Extract<DrawnAxis, { distribution: unknown }>['distribution'] | undefined } => written.parameters[name] ?? {};

/** What is written beside a method that has no use for it. */
function misplaced({ method = { kind: 'grid' }, where, exclude, include, parameters }: WrittenSpec): Problem[] {
  const drawn = method.kind === 'random' ? [] : parameterNames.flatMap((name) => (parameters[name]?.distribution === undefined ? [] : [{ path: `parameters.${name}.distribution`, value: shortText(parameters[name].distribution), expected: '`value` or `values`, or method: {kind: random, cells: 20}, which draws from it' }]));
  if (method.kind === 'grid') return drawn;
  const noWhere = method.kind === 'list' && where !== undefined ? [{ path: 'where', value: shortText(where), expected: 'none with the method list: list the cells that you want' }] : [];
  const noExclude = exclude.length > 0 ? [{ path: 'exclude', value: shortText(exclude), expected: method.kind === 'list' ? 'none with the method list: list the cells that you want' : 'none with the method random: say with `where` what is to be drawn' }] : [];
  const noCells = method.kind === 'list' && include.length === 0 ? [{ path: 'include', value: 'nothing', expected: 'the cells of a sweep with the method list, one by one' }] : [];
  return [...drawn, ...noWhere, ...noExclude, ...noCells];
}

/** The distinct values that the cells have, numbers in order. */
function valuesIn(cells: readonly Partial<ParameterValues>[], name: ParameterName): unknown[] {
  const distinct = [...new Map(cells.map((cell) => [canonical(cell[name]), cell[name] as unknown])).values()];
  return distinct.every((value) => typeof value === 'number') ? (distinct as number[]).sort((a, b) => a - b) : distinct;
}

function withDraws(written: WrittenSpec, method: RandomMethod): Listing {
  const defaults = defaultParameters(written.train, written.dataset);
  const axes = Object.fromEntries(parameterNames.map((name): [ParameterName, DrawnAxis] => {
    const { value, values, distribution } = axisOf(written, name);
    return [name, distribution === undefined ? { values: values ?? [value ?? defaults[name]] } : { distribution }];
  }));
  const { cells, problems } = drawCells(method, axes, written.where);
  const distributions = Object.fromEntries(parameterNames.flatMap((name) => { const { distribution } = axisOf(written, name); return distribution === undefined ? [] : [[name, distribution]]; }));
  const varying = Object.keys(cells[0] ?? {}) as ParameterName[];
  const { where, ...rest } = written;
  return {
    written: {
      ...rest,
      method: { kind: 'list', drawn: { cells: method.cells, seed: method.seed, ...(Object.keys(distributions).length > 0 && { distributions }), ...(where !== undefined && { where }) } },
      parameters: { ...written.parameters, ...Object.fromEntries(varying.map((name) => [name, { values: valuesIn(cells, name) }])) },
      include: [...(cells as WrittenSpec['include']), ...written.include],
    },
    problems,
  };
}

/** A sweep file with its cells drawn, if it has the method random. Throws what `where` throws. */
export function withCellsListed(written: WrittenSpec): Listing {
  const problems = misplaced(written);
  const method = written.method ?? { kind: 'grid' };
  if (problems.length > 0) return { written: { ...written, method: 'grid' }, problems };
  if (method.kind === 'random') return withDraws(written, method);
  return { written: { ...written, method: method.kind === 'grid' ? 'grid' : method }, problems };
}
