import type { Columns } from './least-squares.js';

/** Places of factors: one for a main effect, two for an interaction. */
export type Term = readonly [number] | readonly [number, number];

/** The level of each factor, of each configuration: [configuration][factor]. */
export type Levels = readonly (readonly number[])[];

/** A factor's levels, [levels] by [levels - 1], so that effects sum to zero over the levels: the last has -1 throughout. */
const coded = (level: number, column: number, count: number): number => (level === count - 1 ? -1 : Number(level === column));

/** How many columns a term has. */
export const columnsOf = (term: Term, counts: readonly number[]): number => term.reduce((product, factor) => product * (counts[factor]! - 1), 1);

/** What a term's columns say of the given levels, one number a column: a product for each pair of the two factors' columns. */
export function codes(term: Term, levels: readonly number[], counts: readonly number[]): number[] {
  const [first, second] = term.map((factor) => Array.from({ length: counts[factor]! - 1 }, (_, column) => coded(levels[factor]!, column, counts[factor]!)));
  return second === undefined ? first! : first!.flatMap((a) => second.map((b) => a * b));
}

/** The columns of a term over all configurations. */
export function columns(term: Term, levels: Levels, counts: readonly number[]): Columns {
  const rows = levels.map((own) => codes(term, own, counts));
  return Array.from({ length: columnsOf(term, counts) }, (_, column) => Float64Array.from(rows, (row) => row[column]!));
}

/** Combinations of the levels of two factors that no configuration has. */
export function missingPairs([a, b]: readonly [number, number], levels: Levels, counts: readonly number[]): (readonly [number, number])[] {
  const there = new Set(levels.map((own) => own[a]! * counts[b]! + own[b]!));
  const all = Array.from({ length: counts[a]! * counts[b]! }, (_, pair) => pair).filter((pair) => !there.has(pair));
  return all.map((pair) => [Math.floor(pair / counts[b]!), pair % counts[b]!] as const);
}

/** Every pair of factors. */
export const pairsOf = (factors: number): (readonly [number, number])[] => Array.from({ length: factors }, (_, a) => Array.from({ length: factors - a - 1 }, (__, i) => [a, a + 1 + i] as const)).flat();
