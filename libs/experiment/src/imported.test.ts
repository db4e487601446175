import { csvRecords } from './csv.js';
import { importedText, mostImported, readImport, type ImportOptions } from './imported.js';
import { csvRecord } from './table-text.js';

const options: ImportOptions = { file: 'theirs.csv', format: 'csv', metric: 'fid', n: 50_000, evaluator: 'Inception pool3', source: 'arXiv 2206.00364, Table 2' };

test('a CSV text is read as it was written, whatever is in it', () => {
  const records = [['a', 'b,c', 'd"e'], ['', 'two\nlines', '"'], ['1', '2', '3']];
  expect(csvRecords(`${records.map(csvRecord).join('\r\n')}\r\n`)).toEqual(records);
  expect(csvRecords(`\ufeff${records.map(csvRecord).join('\n')}`)).toEqual(records);
  expect(csvRecords('a,b\n\n1,\n')).toEqual([['a', 'b'], ['1', '']]);
  expect(() => csvRecords('a,"b')).toThrow(/quote that is not closed/);
});

const formulas = ['=1+1', '+1+1', '-2-3', '@SUM(A1)', '=HYPERLINK("http://x","y")', '\t=1', '\n=1', '\uff1d1', '-eps'];

test('text that a spreadsheet would compute is marked as text, and read back; numbers, and what is none, stay as they are', () => {
  for (const text of formulas) expect(csvRecords(csvRecord([text]))).toEqual([[`'${text}`]]);
  expect(csvRecord([-3.5, -Infinity, 1e-7, '-3.5', '+.5e-3', '-', 'a=b', '', null, false, "it's", "'quoted'"])).toBe("-3.5,-Infinity,1e-7,-3.5,+.5e-3,-,a=b,,,false,it's,'quoted'");
  const values = [...formulas, "'=1+1", "''-x", "'a", "'quoted'", '-', 'heun'];
  const { rows } = readImport([['score', '=name'], ...values.map((value, i) => [i, value])].map(csvRecord).join('\r\n'), { ...options, column: 'score' });
  expect(rows.map((row) => row.values)).toEqual(values.map((value) => ({ '=name': value })));
});

test.each([
  ['csv', 'sampler,steps,fid,seed\nheun,18,2.05,1\n"ddim, eta 0",18,NaN,2\n'],
  ['json', '[{"sampler":"heun","steps":18,"fid":2.05,"seed":1},{"sampler":"ddim, eta 0","steps":18,"fid":null,"seed":2}]'],
  ['ndjson', '{"sampler":"heun","steps":18,"fid":2.05,"seed":1}\n\n{"sampler":"ddim, eta 0","steps":18,"fid":"nan","seed":2}\n'],
] as const)('the same rows are read from %s', (format, text) => {
  expect(readImport(text, { ...options, format })).toEqual({
    metric: 'fid', n: 50_000, evaluator: 'Inception pool3', source: options.source, file: 'theirs.csv',
    rows: [{ value: 2.05, values: { sampler: 'heun', steps: 18, seed: 1 } }, { value: null, values: { sampler: 'ddim, eta 0', steps: 18, seed: 2 } }],
  });
});

test('n and evaluator come from the file where it has one of each, and the scores from a column of another name', () => {
  const { metric, source, file, format } = options;
  const found = readImport('FID-50k,n,evaluator\n3.5,2048,ee\n4,2048,ee\n', { metric, source, file, format, column: 'FID-50k' });
  expect(found).toMatchObject({ n: 2048, evaluator: 'ee', rows: [{ value: 3.5 }, { value: 4 }] });
});

test.each<[string, string, Partial<ImportOptions>, RegExp]>([
  ['a metric that there is not', 'fid\n1', { metric: 'is' }, /"is" is no metric/],
  ['no rows', 'fid\n', {}, /it has no rows/],
  ['a ragged table', 'a,fid\n1\n', {}, /record 2 has 1 fields, the header has 2/],
  ['no such column', 'a,b\n1,2\n', {}, /row 1 has nothing as fid, which is no score; name the column/],
  ['text for a score', 'fid\n2.5\ngood\n', {}, /row 2 has "good" as fid/],
  ['half a document', '[{"fid": 1}', { format: 'json' }, /it is no JSON/],
  ['something else', '{"fid": 1}', { format: 'json' }, /expected a list of records/],
  ['a record inside', '[{"fid": 1, "sampler": {"kind": "heun"}}]', { format: 'json' }, /row 1 has \{"kind":"heun"\} as sampler/],
  ['no evaluator', 'fid\n1\n', { evaluator: undefined as never }, /name it with --evaluator/],
  ['two evaluators', 'fid,evaluator\n1,a\n2,b\n', { evaluator: undefined as never }, /name it with --evaluator/],
  ['no number of images', 'fid\n1\n', { n: 0.5 }, /n is 0\.5/],
  ['too many rows', `fid\n${'1\n'.repeat(mostImported + 1)}`, {}, /has 10001 rows, at most 10000/],
  ['what a database cannot hold', '[{"fid": 1, "a": "\\u0000"}]', { format: 'json' }, /a NUL or half/],
])('%s is refused, and said', (_, text, changes, message) => {
  expect(() => readImport(text, { ...options, ...changes })).toThrow(message);
});

test('who imported what, and when, is said in one way', () => {
  expect(importedText({ file: 'a.csv', owner: 'ann', importedAt: '2026-11-27T10:00:00.000Z' })).toBe('imported, from a.csv by ann on 2026-11-27');
});
