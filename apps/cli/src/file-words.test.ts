import { fileWords } from './file-words.js';

test.each<[string, string[], string]>([
  ['labels', ['best', 'cosine(0.2, 1, 1)', 'ddim(eta 0)'], 'best-cosine-0.2-1-1-ddim-eta-0'],
  ['what a file system takes for a folder or a hidden file', ['01', '../a/b', ''], '01-..-a-b'],
])('a file is named by words: %s', (_, words, name) => {
  expect(fileWords(words)).toBe(name);
});

test('a sweep that varies a lot still has files whose names fit', () => {
  const name = fileWords(['best', ...Array.from({ length: 60 }, (_, i) => `uniform-t(0.99, ${i})`)]);
  expect(name.length).toBeLessThanOrEqual(180);
  expect(name).toMatch(/^best-uniform-t-0\.99-0-.*[^-]$/);
});
