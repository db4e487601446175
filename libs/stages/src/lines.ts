import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { cutNote, lineLimit } from '@elucidate/experiment/text-limits';

/** Calls `onLine` with each line of a stream, of a very long one with its beginning. Reads chunk by chunk: a line of any length takes no memory. Resolves when the stream has closed. */
export function eachLine(stream: Readable, onLine: (line: string) => void): Promise<unknown> {
  const decoder = new StringDecoder('utf8');
  let [line, leftOut] = ['', 0];
  const add = (part: string): void => {
    const room = lineLimit - line.length;
    line += part.slice(0, room);
    leftOut += Math.max(0, part.length - room);
  };
  const end = (): void => {
    onLine(leftOut > 0 ? line + cutNote(leftOut) : line.replace(/\r$/, ''));
    [line, leftOut] = ['', 0];
  };
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...rest] = decoder.write(chunk).split('\n');
    add(first);
    for (const part of rest) {
      end();
      add(part);
    }
  });
  stream.on('end', () => {
    if (line !== '') end();
  });
  return once(stream, 'close');
}
