import { InvalidArgumentError, Option } from 'commander';

/** Options that several commands share, and parsers of their values. */

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = numberBetween(min, max)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
    return value;
  };
}

export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`expected a number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
    return value;
  };
}

/** A comma-separated list of some of `words`. */
export function listOf<W extends string>(words: readonly W[]): (text: string) => W[] {
  const isWord = (word: string): word is W => (words as readonly string[]).includes(word);
  return (text) => text.split(',').map((word) => {
    if (!isWord(word)) throw new InvalidArgumentError(`${JSON.stringify(word)} is none of ${words.join(', ')}.`);
    return word;
  });
}

/** Collects the values of an option that may be repeated. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];

export const json = (what = 'print JSON to standard output'): Option => new Option('--json', what);
export const threads = (): Option => new Option('--threads <n>', 'threads of each stage (default: as `elucidate doctor --calibrate` measured, else 1)').argParser(wholeNumber(1, 1024));
export const slots = (): Option =>
  new Option('--slots <n>', 'stages at once (default: as `elucidate doctor --calibrate` measured, else one per core as memory allows)').argParser(wholeNumber(1, 1024));

/** The engine to compute with, one of `choices`. */
export const backend = (choices: readonly string[], initial = 'auto'): Option =>
  new Option('--backend <name>', 'engine to compute with; `elucidate doctor` lists those available here').choices([...choices]).default(initial);
