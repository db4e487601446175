import { seededRandom, type Random } from '@elucidate/statistics/random';
import { canonical } from './canonical.js';
import { digest } from './digest.js';
import type { Problem } from './errors.js';
import type { Distribution, RandomMethod } from './method-grammar.js';
import { parameterSchemas, type ParameterName, type ParameterValues } from './parameters.js';
import { shortText } from './problem-text.js';
import { compileWhere } from './where.js';

/** An axis to draw from: numbers by their distribution, or one of the values, all alike. */
export type DrawnAxis = { distribution: Distribution } | { values: readonly unknown[] };

export interface Draws {
  /** Distinct cells, in the order drawn: of each parameter that can vary, its value. */
  cells: Partial<ParameterValues>[];
  problems: Problem[];
}

/** Digits that drawn numbers have: tables stay readable, and the last bits of exp() are the same everywhere. */
const digits = 4;
const rounded = (x: number, { min, max }: { min: number; max: number }): number => Math.min(max, Math.max(min, Number(x.toPrecision(digits))));

const draws: { readonly [K in Distribution['kind']]: (of: Extract<Distribution, { kind: K }>, u: number) => number } = {
  'uniform': (of, u) => rounded(of.min + u * (of.max - of.min), of),
  'log-uniform': (of, u) => rounded(Math.exp(Math.log(of.min) + u * Math.log(of.max / of.min)), of),
  'integers': ({ min, max }, u) => min + Math.floor(u * (max - min + 1)),
};

const drawn = (axis: DrawnAxis, u: number): unknown => ('values' in axis ? axis.values[Math.floor(u * axis.values.length)] : draws[axis.distribution.kind](axis.distribution as never, u));

/** How often a draw may be one that is there already, or that `where` drops, for each cell wanted. */
const triesForEach = 200;

/** The stream of an axis depends on its name and the seed alone: another axis, or more cells, change none of its draws. */
const streamOf = (name: string, seed: number): Random => seededRandom(Number.parseInt(digest(`${seed} ${name}`).slice(0, 8), 16));

function endsProblem(name: string, axis: DrawnAxis): Problem[] {
  return 'distribution' in axis && axis.distribution.min > axis.distribution.max
    ? [{ path: `parameters.${name}.distribution.min`, value: shortText(axis.distribution.min), expected: `a number of at most max (${axis.distribution.max})` }]
    : [];
}

/** Numbers that the parameter does not take. */
function valueProblem(name: ParameterName, { distribution }: { distribution: Distribution }): Problem[] {
  const refused = [distribution.min, distribution.max].find((end) => !parameterSchemas[name].safeParse(end).success);
  const inside = draws[distribution.kind](distribution as never, 0.382);
  const value = refused ?? (parameterSchemas[name].safeParse(inside).success ? undefined : inside);
  return value === undefined ? [] : [{ path: `parameters.${name}.distribution`, value: shortText(value), expected: `numbers that ${name} takes; list other values with \`values\`` }];
}

/**
 * Cells drawn at random, each axis by itself, as many as asked for: those that `where` keeps, each once. A function of its arguments alone; of more cells with the
 * same seed, these are the first. Throws what `where` throws.
 */
export function drawCells({ cells: wanted, seed }: RandomMethod, axes: Readonly<Partial<Record<ParameterName, DrawnAxis>>>, where: string | undefined): Draws {
  const entries = Object.entries(axes) as [ParameterName, DrawnAxis][];
  const problems = entries.flatMap(([name, axis]) => [...endsProblem(name, axis), ...('distribution' in axis ? valueProblem(name, axis) : [])]);
  if (problems.length > 0) return { cells: [], problems };
  const varying = entries.filter(([, axis]) => 'distribution' in axis || axis.values.length > 1);
  const fixed = Object.fromEntries(entries.map(([name, axis]) => [name, 'values' in axis ? axis.values[0] : undefined]));
  const streams = varying.map(([name, axis]) => ({ name, axis, random: streamOf(name, seed) }));
  const keeps = where === undefined ? () => true : compileWhere(where).keeps;
  const found = new Map<string, Partial<ParameterValues>>();
  for (let tries = 0; tries < triesForEach * wanted && found.size < wanted; tries++) {
    const cell = Object.fromEntries(streams.map(({ name, axis, random }) => [name, drawn(axis, random())])) as Partial<ParameterValues>;
    const text = canonical(cell);
    if (!found.has(text) && keeps({ ...fixed, ...cell } as ParameterValues)) found.set(text, cell);
  }
  const few = found.size < wanted ? [{ path: 'method.cells', value: shortText(wanted), expected: `at most ${found.size}: no more different ones were found in ${triesForEach * wanted} draws${where === undefined ? '' : ' that `where` keeps'}` }] : [];
  return { cells: [...found.values()], problems: few };
}
