import { InvalidArgumentError } from 'commander';
import { durationMs } from './duration.js';
import { listOf, numberBetween, wholeNumber } from './options.js';

test.each<[string, (text: string) => unknown, string, unknown]>([
  ['a whole number', wholeNumber(1, 8), '8', 8],
  ['a number', numberBetween(0, 10), '0.5', 0.5],
  ['a list', listOf(['train', 'score']), 'score,train', ['score', 'train']],
])('%s is parsed', (_, parse, text, value) => {
  expect(parse(text)).toEqual(value);
});

test.each<[string, (text: string) => unknown, string, string]>([
  ['too small', wholeNumber(1, 8), '0', '1 to 8'],
  ['too large', wholeNumber(1, 8), '9', '1 to 8'],
  ['no whole number', wholeNumber(1, 8), '1.5', 'whole number'],
  ['empty', numberBetween(0, 8), '', '0 to 8'],
  ['a word', numberBetween(0, 8), 'soon', '"soon"'],
  ['an unknown word in a list', listOf(['train', 'score']), 'train,bake', '"bake" is none of train, score'],
  ['an empty list', listOf(['train']), '', '"" is none of'],
])('%s is refused, saying what is expected', (_, parse, text, hint) => {
  expect(() => parse(text)).toThrow(InvalidArgumentError);
  expect(() => parse(text)).toThrow(hint);
});

test.each([['90m', 5_400_000], ['12h', 43_200_000], ['1.5d', 129_600_000], [' 2w ', 1_209_600_000], ['0d', 0]])('%s is a time', (text, ms) => expect(durationMs(text)).toBe(ms));
test.each(['', 'week', '12', '-1d', '1e3d', '1y', 'd'])('%j is no time', (text) => expect(durationMs(text)).toBeUndefined());
