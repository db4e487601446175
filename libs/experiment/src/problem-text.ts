import { closest, distance } from 'fastest-levenshtein';
import type { Problem } from './errors.js';
import { otherWords } from './other-words.js';

const maxTextLength = 80;
const maxListed = 20;

/** "parameters.schedule.values[1].kind". */
export function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');
}

/** A value as JSON text of at most 80 characters; values that JSON cannot express are named. */
export function shortText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === 'number' && !Number.isFinite(member) ? String(member) : member));
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 3)}...` : text;
}

const lettersOf = (word: string): string => [...word.toLowerCase()].sort().join('');

/** The candidate that other software calls by this word, else the nearest to a misspelt one, if it is close enough: at most two edits, or a third of the word. */
export function nearestWord(word: unknown, candidates: readonly string[]): string | undefined {
  if (typeof word !== 'string' || candidates.length === 0) return undefined;
  const meant = otherWords.get(word.toLowerCase());
  if (meant !== undefined && candidates.includes(meant)) return meant;
  const written = word.toLowerCase();
  // of equally near ones the one with the same letters: ddmi is ddim, not ddpm
  const nearest = closest(written, candidates);
  const swapped = candidates.find((one) => distance(written, one) === distance(written, nearest) && lettersOf(one) === lettersOf(written));
  const found = swapped ?? nearest;
  return distance(written, found.toLowerCase()) <= Math.max(2, Math.floor(word.length / 3)) ? found : undefined;
}

/** "a, b or c". */
export function oneOf(words: readonly unknown[]): string {
  const texts = words.map(String);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

function problemLine({ path, value, expected, nearest, line }: Problem): string {
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `${path === '' ? 'the document' : path}${line === undefined ? '' : ` (line ${line})`} is ${value === 'nothing' ? 'missing' : value}; expected ${expected}${hint}`;
}

/** All problems as one printable text. */
export function problemsText(problems: readonly Problem[]): string {
  const head = problems.length === 1 ? 'The spec has a mistake:' : `The spec has ${problems.length} mistakes:`;
  const rest = problems.length > maxListed ? [`  ... and ${problems.length - maxListed} more`] : [];
  return [head, ...problems.slice(0, maxListed).map((problem) => `  ${problemLine(problem)}`), ...rest].join('\n');
}
