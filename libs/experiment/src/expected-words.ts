import type { z } from 'zod';
import { oneOf } from './problem-text.js';

type Issue = z.core.$ZodIssue;

const typeWords: Readonly<Record<string, string>> = { int: 'a whole number', number: 'a finite number', object: 'a record of keys and values', array: 'a list', string: 'text', boolean: 'true or false', null: 'null' };

/** A type of zod in the words of messages. */
export const typeWord = (type: string): string => typeWords[type] ?? type;

/** A limit: "at least 2 entries", "a number below 1". */
export function boundWords(issue: { origin: string; inclusive?: boolean | undefined }, limit: number | bigint, side: 'least' | 'most'): string {
  if (issue.origin === 'array' || issue.origin === 'string') return `at ${side} ${limit} ${issue.origin === 'array' ? (limit === 1 ? 'entry' : 'entries') : limit === 1 ? 'character' : 'characters'}`;
  if (issue.inclusive === false) return side === 'least' ? `a number above ${limit}` : `a number below ${limit}`;
  return `a number of at ${side} ${limit}`;
}

/** Texts that zod gives an issue whose schema has none of its own. */
const isDefault = (message: string): boolean => /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message);

/** What was expected, to be read after that word: what the schema says itself, else the same in plain words. */
export function expectedWords(issue: Issue): string {
  if (!isDefault(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_value': return oneOf(issue.values);
    case 'invalid_type': return typeWord(issue.expected);
    case 'too_small': return boundWords(issue, issue.minimum, 'least');
    case 'too_big': return boundWords(issue, issue.maximum, 'most');
    case 'not_multiple_of': return `a multiple of ${issue.divisor}`;
    case 'unrecognized_keys': return `no ${oneOf(issue.keys)}`;
    case 'invalid_format': return issue.pattern === undefined ? `text in the format ${issue.format}` : `text that matches ${issue.pattern}`;
    case 'invalid_union': return oneOf([...new Set(issue.errors.flat().map(expectedWords))]) || 'another value';
    case 'invalid_key': case 'invalid_element': return oneOf([...new Set(issue.issues.map(expectedWords))]);
    default: return 'another value';
  }
}
