import { Environment } from '@marcbachmann/cel-js';
import type { ParseResult } from '@marcbachmann/cel-js';
import { cellsAt, placeOn } from './axes.js';
import type { Axes } from './axes.js';
import { ElucidateError } from './errors.js';
import type { Problem } from './errors.js';
import { networkName } from './network-name.js';
import { parameterNames } from './parameters.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import { nearestWord, oneOf, problemsText, shortText } from './problem-text.js';
import { newName, renamedTo } from './renamed-keys.js';
import { impossibleComparison } from './where-words.js';
import { slipOf } from './where-slips.js';
import { functionsOf, namesOf, refusedFunctions, workOf } from './where-work.js';

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** CEL with the parameters as names; numbers of a cell are doubles, so `steps * 2` needs operators between double and int. */
function environment(): Environment {
  const cel = new Environment({ homogeneousAggregateLiterals: false, limits: { maxAstNodes: 300, maxDepth: 50, maxListElements: 100 } });
  for (const name of parameterNames) cel.registerVariable(name, 'dyn');
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const handler = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b));
    cel.registerOperator(`double ${operator} int: double`, handler);
    cel.registerOperator(`int ${operator} double: double`, handler);
  }
  cel.registerOperator(`double % double: double`, (a: number, b: number) => a % b);
  return cel;
}

/** A cell as `where` sees it: a named network is its name, as a guide too. */
function seen({ network, guidance, ...values }: ParameterValues): Record<string, unknown> {
  const guide = guidance.kind === 'autoguidance' ? guidance.network : undefined;
  return { ...values, network: networkName(network) ?? network, guidance: guide === undefined ? guidance : { ...guidance, network: networkName(guide) ?? guide } };
}

function refusal(text: string, { expected, nearest }: Pick<Problem, 'expected' | 'nearest'>): ElucidateError {
  const problems = [{ path: 'where', value: shortText(text), expected, ...(nearest !== undefined && { nearest }) }];
  return new ElucidateError('spec.invalid', problemsText(problems), { problems });
}

function keysWithin(values: Readonly<Record<string, unknown>>): string[] {
  return Object.values(values).flatMap((value) => (typeof value === 'object' && value !== null ? Object.keys(value) : []));
}

/** CEL's error, as the text of a problem. */
function explain(error: unknown, values?: Readonly<Record<string, unknown>>): Pick<Problem, 'expected' | 'nearest'> {
  const first = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const [, name] = /^Unknown variable: (\w+)/.exec(first) ?? [];
  const current = newName(name, parameterNames);
  if (current !== undefined) return renamedTo(name, current);
  if (name !== undefined) return withNearest(`names out of ${oneOf(parameterNames)}, or text in quotes ('${name}'); unknown: ${name}`, nearestWord(name, parameterNames));
  const [, key] = /^No such key: (\w+)/.exec(first) ?? [];
  if (key !== undefined && values !== undefined) return withNearest(`keys that every cell it reaches has (guard the others: has(sampler.eta) && ...); a cell has no ${key}`, nearestWord(key, keysWithin(values)));
  return { expected: `a CEL expression over ${oneOf(parameterNames)}: ${first}` };
}

function withNearest(expected: string, nearest: string | undefined): Pick<Problem, 'expected' | 'nearest'> {
  return { expected, ...(nearest !== undefined && { nearest }) };
}

/** Nodes of the expression that may be visited in all: a second or two, or seven if all of them are forgiven errors. */
const maxWork = 30_000_000;

interface Where {
  /** The parameters that it names: cells that agree on them have the same result. */
  names: readonly ParameterName[];
  /** Nodes visited for one cell, at most. */
  work: number;
  keeps(values: ParameterValues): boolean;
}

/**
 * Compiles a spec's `where`, a CEL expression over a cell's parameters that is true for the cells to keep.
 * Throws spec.invalid at path 'where' when it does not parse, uses an unknown name, compares a parameter with what it never is, or, when evaluated, does not return a boolean.
 */
export function compileWhere(text: string): Where {
  const expression = parsed(text);
  const keeps = (values: ParameterValues): boolean => {
    const names = seen(values);
    let found: unknown;
    try {
      found = expression(names);
    } catch (error) {
      throw refusal(text, explain(error, names));
    }
    if (typeof found !== 'boolean') throw refusal(text, { expected: `true or false for every cell; it gives ${typeof found === 'bigint' ? String(found) : shortText(found)}` });
    return found;
  };
  return { names: namesOf(expression.ast, parameterNames), work: workOf(expression.ast, parameterNames), keeps };
}

/**
 * Returns, by position, whether `where` keeps the cells of a grid. It is evaluated once for all cells that agree on the
 * parameters it names. Throws as compileWhere does, and when more than thirty million nodes would be visited.
 */
export function whereOver(axes: Axes, text: string): (position: number) => boolean {
  const { names, work, keeps } = compileWhere(text);
  const cellAt = cellsAt(axes, {});
  const named = names.map((name) => axes.names.indexOf(name)).map((axis) => ({ axis, length: axes.values[axis]!.length }));
  const known = new Map<number, boolean>();
  return (position) => {
    const combination = named.reduce((index, { axis, length }) => index * length + placeOn(axes, axis, position), 0);
    const found = known.get(combination);
    if (found !== undefined) return found;
    if ((known.size + 1) * work > maxWork) throw refusal(text, tooMuch(work, named.reduce((count, { length }) => count * length, 1), names));
    const kept = keeps(cellAt(position));
    known.set(combination, kept);
    return kept;
  };
}

function tooMuch(work: number, combinations: number, names: readonly ParameterName[]): Pick<Problem, 'expected'> {
  return { expected: `at most ${maxWork} steps in all; it takes up to ${work} for each of ${combinations} combinations of ${names.join(', ')}: shorten it, or let it name fewer parameters` };
}

function parsed(text: string): ParseResult {
  try {
    const expression = environment().parse(text);
    const refused = functionsOf(expression.ast).find((name) => refusedFunctions.includes(name));
    if (refused !== undefined) throw refusal(text, { expected: `no ${refused}(); use ==, in, startsWith, endsWith or contains` });
    const { valid, error } = expression.check();
    if (!valid) throw error;
    const impossible = impossibleComparison(expression.ast);
    if (impossible !== undefined) throw refusal(text, impossible);
    return expression;
  } catch (error) {
    throw error instanceof ElucidateError ? error : refusal(text, slipOf(text) ?? explain(error));
  }
}
