import { chooseFormat } from './negotiate.js';

test.each([
  [undefined, undefined, 'json'],
  [undefined, '*/*', 'json'],
  [undefined, 'text/csv', 'csv'],
  [undefined, 'text/csv;q=0.4, text/markdown;q=0.9', 'markdown'],
  [undefined, 'text/html, application/x-latex', 'latex'],
  ['csv', 'application/json', 'csv'],
] as const)('format %s with Accept %s gives %s', (format, accept, chosen) => {
  expect(chooseFormat(format, accept)).toBe(chosen);
});

test('an Accept header that no table satisfies is refused, as is one that gives its own format a quality of 0', () => {
  expect(() => chooseFormat(undefined, 'image/png')).toThrow('text/markdown');
  expect(() => chooseFormat(undefined, 'text/csv;q=0')).toThrow('text/markdown');
});
