import { canonical } from './canonical.js';
import { patternOf } from './cell-pattern.js';
import type { Problem } from './errors.js';
import { memoised } from './memoised.js';
import { parameterNames, type ParameterName } from './parameters.js';
import { shortText } from './problem-text.js';
import { trainSeedsOf } from './race.js';
import type { Spec } from './spec.js';

type Seeds = Pick<Spec['seeds'], 'train' | 'sample'>;
type Repeat = NonNullable<Spec['repeats']>[number];
type Pattern = Repeat['cells'][number];
type Values = Readonly<Partial<Record<ParameterName, unknown>>>;

const distinct = (...lists: readonly (readonly number[])[]): number[] => [...new Set(lists.flat())];
const ascending = (a: number, b: number): number => a - b;
const namesIn = (pattern: Values): ParameterName[] => parameterNames.filter((name) => pattern[name] !== undefined);
const textOf = (names: readonly ParameterName[], values: Values): string => names.map((name) => canonical(values[name])).join('\n');

/** Entries of `repeats` by what their cells name: a cell is looked up once for each set of parameters that some entry names. */
const lookups = memoised((spec: Spec): { names: ParameterName[]; entries: Map<string, number[]> }[] => {
  const byNames = new Map<string, { names: ParameterName[]; entries: Map<string, number[]> }>();
  for (const [index, { cells }] of (spec.repeats ?? []).entries()) {
    for (const pattern of cells) {
      const names = namesIn(pattern);
      const lookup = byNames.get(names.join(' ')) ?? { names, entries: new Map<string, number[]>() };
      byNames.set(names.join(' '), lookup);
      const text = textOf(names, pattern);
      lookup.entries.set(text, [...(lookup.entries.get(text) ?? []), index]);
    }
  }
  return [...byNames.values()];
});

/** The seeds of a cell: those of the sweep, and those of each entry of `repeats` that names it. All of its train seeds go with all of its sample seeds. */
export function seedsOf(spec: Spec, config: Values): Seeds {
  const { repeats = [], race } = spec;
  if (repeats.length === 0 && race === undefined) return spec.seeds;
  const own = race === undefined ? spec.seeds : { train: trainSeedsOf(spec, config), sample: spec.seeds.sample };
  const entries = lookups(spec).flatMap(({ names, entries: known }) => known.get(textOf(names, config)) ?? []).map((index) => repeats[index]!);
  return entries.length === 0 ? own : { train: distinct(own.train, ...entries.map(({ train }) => train)), sample: distinct(spec.seeds.sample, ...entries.map(({ sample }) => sample)) };
}

/** Every seed that some cell has. */
export const allSeeds = ({ seeds, repeats = [] }: Spec): Seeds => ({ train: distinct(seeds.train, ...repeats.map(({ train }) => train)), sample: distinct(seeds.sample, ...repeats.map(({ sample }) => sample)) });

/** Entries that name no cell of the sweep. */
export function repeatProblems(spec: Spec, cells: readonly Values[]): Problem[] {
  const { repeats = [] } = spec;
  if (repeats.length === 0) return [];
  const there = new Map<string, Set<string>>();
  const among = (names: readonly ParameterName[]): Set<string> => {
    const known = there.get(names.join(' ')) ?? new Set(cells.map((cell) => textOf(names, cell)));
    there.set(names.join(' '), known);
    return known;
  };
  return repeats.flatMap(({ cells: patterns }, index) => patterns.flatMap((pattern, place): Problem[] => {
    const names = namesIn(pattern);
    return among(names).has(textOf(names, pattern)) ? [] : [{ path: `repeats[${index}].cells[${place}]`, value: shortText(pattern), expected: 'values that some cell of the sweep has' }];
  }));
}

/** `repeats` with more seeds for some configurations: an entry for each group of them that has the same seeds. */
export function withRepeats(spec: Spec, given: readonly Values[], more: Seeds): Repeat[] {
  const configs = given.filter((config) => {
    const { train, sample } = seedsOf(spec, config);
    return more.train.some((seed) => !train.includes(seed)) || more.sample.some((seed) => !sample.includes(seed));
  });
  const own = new Map<string, { cells: Pattern[]; train: number[]; sample: number[] }>();
  const chosen = new Set(configs.map((config) => canonical(patternOf(spec, config))));
  const beyond = ({ train, sample }: Seeds): { train: number[]; sample: number[] } => ({ train: train.filter((seed) => !spec.seeds.train.includes(seed)), sample: sample.filter((seed) => !spec.seeds.sample.includes(seed)) });
  const put = (pattern: Pattern, seeds: Seeds): void => {
    const { train, sample } = beyond({ train: [...seeds.train].sort(ascending), sample: [...seeds.sample].sort(ascending) });
    if (train.length + sample.length === 0) return;
    const key = canonical([train, sample]);
    own.set(key, { cells: [...(own.get(key)?.cells ?? []), pattern], train, sample });
  };
  for (const { cells, train, sample } of spec.repeats ?? []) for (const pattern of cells) if (!chosen.has(canonical(pattern))) put(pattern, { train, sample });
  for (const config of configs) {
    const { train, sample } = seedsOf(spec, config);
    put(patternOf(spec, config), { train: distinct(train, more.train), sample: distinct(sample, more.sample) });
  }
  return [...own.values()];
}

/** `repeats` of a sweep that goes on to vary a parameter it did not: their cells are those with the value that it had. */
export const repeatsWith = (repeats: readonly Repeat[], name: ParameterName, value: unknown): Repeat[] =>
  repeats.map((entry) => ({ ...entry, cells: entry.cells.map((pattern) => (pattern[name] === undefined ? { ...pattern, [name]: value } : pattern)) }));
