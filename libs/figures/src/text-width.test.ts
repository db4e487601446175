import { fitted, textWidth, wrapped } from './text-width.js';

test('a label that fits is unchanged; one that does not is shortened in the middle until it fits', () => {
  expect(fitted('linear, b 1', 12, 200)).toBe('linear, b 1');
  const short = fitted('uniform-t(0.99) on beta-linear(0.0001, 0.02, 1000), b 0.05', 12, 200);
  expect(short).toMatch(/^uniform-t.*….*b 0\.05$/);
  expect(textWidth(short, 12)).toBeLessThanOrEqual(200);
});

test('wrapped text keeps its words in order, on lines that fit', () => {
  const words = 'one two three four five six seven eight nine ten';
  const lines = wrapped(words, 12, 80);
  expect(lines.join(' ')).toBe(words);
  for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(80);
});
