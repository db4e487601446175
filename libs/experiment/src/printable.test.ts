import { csvRecord, latexTable, markdownTable } from './table-text.js';
import { parseSpec } from './parse-spec.js';
import { jsonOf, printable, printableJson, printableLines, storable } from './printable.js';

const hostile: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['an escape sequence', '\x1b[2J', '\\x1b[2J'], ['an operating system command', '\x1b]0;title\x07', '\\x1b]0;title\\x07'], ['CSI as one character', '\x9b2J', '\\x9b2J'],
  ['a carriage return', 'safe\rrm -rf', 'safe\\x0drm -rf'], ['text turned around', 'gpj\u202eexe', 'gpj\\u202eexe'], ['an isolate', 'a\u2066b\u2069', 'a\\u2066b\\u2069'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'], ['an invisible joiner', 'a\u200bb', 'a\\u200bb'], ['a byte order mark', '\ufeffa', '\\ufeffa'], ['half a pair', 'a\ud83d', 'a\\ud83d'], ['DEL', '\x7f', '\\x7f'],
];

test.each(hostile)('%s is written out', (_what, text, shown) => {
  expect([printable(text), printableLines(`${text}\n\t.`)]).toEqual([shown, `${shown}\n\t.`]);
});

test.each(hostile)('JSON with %s is the same value without anything raw', (_what, text) => {
  const json = JSON.stringify({ [text]: [text] }, null, 2);
  expect(JSON.parse(printableJson(json))).toEqual({ [text]: [text] });
  expect(printableJson(json)).toBe(printableLines(printableJson(json)));
  expect(JSON.parse(jsonOf({ [text]: [text] }, 0))).toEqual({ [text]: [text] });
});

test('what people write stays as it is', () => {
  for (const text of ['Größe ±0.5', 'FID 📉 низкий', 'ノイズ', 'עברית', 'a\u0301']) expect(printable(text)).toBe(text);
});

test.each(hostile.filter(([, text]) => text !== '\x7f'))('tables of every format show %s, and obey nothing', (_what, text) => {
  const table = { header: ['name'], rows: [[{ text }]], textColumns: 1, caption: text };
  const raw = /[\p{Cc}\p{Surrogate}\u200b\u2028\u202e\u2066\u2069\ufeff]/u;
  for (const printed of [markdownTable(table), latexTable(table), csvRecord([text])]) expect(printed.replaceAll('\n', '')).not.toMatch(raw);
});

test('what PostgreSQL cannot hold is refused by its place, in values and in keys', () => {
  expect(['a\0', '\ud83d', '📉'].map(storable)).toEqual([false, false, true]);
  const problemsOf = (document: object): unknown => { try { return parseSpec(document); } catch (error) { return (error as { problems: unknown }).problems; } };
  const dataset = { name: 'fashion-mnist' };
  const expected = expect.stringMatching(/^text without NUL characters/) as string;
  expect(problemsOf({ name: 'a\0b', dataset })).toEqual([{ path: 'name', value: '"a\\u0000b"', expected }]);
  expect(problemsOf({ name: 'x', dataset: { ...dataset, name: '\ud83d' } })).toEqual([{ path: 'dataset.name', value: '"\\ud83d"', expected }]);
  expect(problemsOf({ name: 'x', dataset, profiles: { 'small\0': {} } })).toEqual([{ path: 'profiles.small\\x00', value: '"small\\u0000"', expected }]);
});
