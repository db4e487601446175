import { z } from 'zod';
import { expectedWords } from './expected-words.js';

const wordsOf = (schema: z.ZodType, value: unknown): string[] => schema.safeParse(value).error!.issues.map(expectedWords);

test.each<[string, z.ZodType, unknown, string]>([
  ['one of some words', z.enum(['a', 'b']), 'c', 'a or b'],
  ['a type', z.number(), 'x', 'a finite number'],
  ['a whole number', z.int(), 1.5, 'a whole number'],
  ['a length', z.string().min(1), '', 'at least 1 character'],
  ['a limit', z.number().max(5), 6, 'a number of at most 5'],
  ['a limit that is left out', z.number().positive(), 0, 'a number above 0'],
  ['a multiple', z.number().multipleOf(4), 6, 'a multiple of 4'],
  ['a format', z.iso.datetime(), 'now', expect.stringMatching(/^text (in the format datetime|that matches )/) as string],
  ['a pattern', z.string().regex(/^x$/), 'y', 'text that matches /^x$/'],
  ['one of several types', z.union([z.number(), z.boolean()]), 'x', 'a finite number or true or false'],
  ['no key of this name', z.strictObject({}), { x: 1 }, 'no x'],
  ['a key of a record', z.record(z.enum(['a', 'b']), z.number()), { a: 1, b: 2, c: 3 }, 'no c'],
  ['something the schema does not say', z.string().refine(() => false), 'x', 'another value'],
])('%s is said in words that follow "expected"', (_, schema, value, expected) => {
  expect(wordsOf(schema, value)).toEqual([expected]);
});

test('what a schema says itself is kept', () => {
  expect(wordsOf(z.string().regex(/^\d+$/, 'a whole number, 0 or more'), 'x')).toEqual(['a whole number, 0 or more']);
});
