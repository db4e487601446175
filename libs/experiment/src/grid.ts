import { canonical } from './canonical.js';
import { networkChoiceSchema, parameterNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { Spec } from './spec.js';
import { compileWhere } from './where.js';

/** Every combination of the axes, the last varying fastest. */
export function gridValues({ parameters }: Pick<Spec, 'parameters'>): ParameterValues[] {
  const axes = Object.entries(parameters) as [ParameterName, { values: unknown[] }][];
  return axes.reduce<Record<string, unknown>[]>(
    (partials, [name, { values }]) => partials.flatMap((partial) => values.map((value) => ({ ...partial, [name]: value }))),
    [{}],
  ) as unknown as ParameterValues[];
}

function matches(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) return canonical(pattern) === canonical(value);
  return typeof value === 'object' && value !== null && Object.entries(pattern).every(([key, member]) => matches(member, (value as Record<string, unknown>)[key] ?? null));
}

function meant(name: ParameterName, pattern: unknown): unknown {
  return name === 'network' ? networkChoiceSchema.parse(pattern) : pattern;
}

/** Tells whether every parameter an `exclude` entry names has that value in a cell; of a record, only the keys written count. */
export function excludes(entry: Spec['exclude'][number]): (values: ParameterValues) => boolean {
  const patterns = (Object.entries(entry) as [ParameterName, unknown][]).map(([name, pattern]) => [name, meant(name, pattern)] as const);
  return (values) => patterns.every(([name, pattern]) => matches(pattern, values[name]));
}

/** An `include` entry with each absent parameter at its only value, or the parameters that have several. */
export function completed(spec: Spec, entry: Partial<ParameterValues>): { values: ParameterValues } | { open: ParameterName[] } {
  const open = parameterNames.filter((name) => entry[name] === undefined && spec.parameters[name].values.length > 1);
  if (open.length > 0) return { open };
  const pairs = parameterNames.map((name) => [name, entry[name] ?? spec.parameters[name].values[0]]);
  return { values: Object.fromEntries(pairs) as ParameterValues };
}

/** The grid less what is excluded, less what `where` drops, plus what is included. The spec comes from parseSpec. */
export function selectValues(spec: Spec): ParameterValues[] {
  const excluded = spec.exclude.map(excludes);
  const keeps = spec.where === undefined ? () => true : compileWhere(spec.where);
  const kept = gridValues(spec).filter((values) => !excluded.some((drops) => drops(values)) && keeps(values));
  return [...kept, ...spec.include.flatMap((entry) => {
    const found = completed(spec, entry);
    return 'values' in found ? [found.values] : [];
  })];
}
