import { Readable } from 'node:stream';
import { linesOf } from './lines.js';

async function collected(chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
}

const text = '{"a": "\u2028 and \u2029, \u0085, \r"}\n\n{"b": "ü 🙂"}\nlast';

test.each([1, 2, 3, 5, 1000])('only line feeds end lines, wherever the text is cut (every %d bytes)', async (size) => {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  expect(await collected(chunks)).toEqual(text.split('\n'));
});

test('a line feed at the end begins no further line', async () => {
  expect(await collected([Buffer.from('a\nb\n')])).toEqual(['a', 'b']);
  expect(await collected([])).toEqual([]);
});
