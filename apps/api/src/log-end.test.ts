import fc from 'fast-check';
import { endOf } from './log-end.js';

test('the end of a log is a suffix, no longer than asked for, and begins a line where one begins in it', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('a', 'bc', '\n'), { maxLength: 40 }).map((parts) => parts.join('')), fc.integer({ min: 1, max: 50 }), (text, last) => {
    const end = endOf(text, last);
    expect(text.slice(end.leftOut)).toBe(end.text);
    expect(end.text.length).toBeLessThanOrEqual(last);
    const tail = text.slice(-last);
    if (tail.length < text.length && tail.slice(0, -1).includes('\n')) expect(text[end.leftOut - 1]).toBe('\n');
    else if (tail.length === text.length) expect(end).toEqual({ text, leftOut: 0 });
  }), { seed: 16 });
  expect(endOf('one\ntwo\nthree', undefined)).toEqual({ text: 'one\ntwo\nthree', leftOut: 0 });
  expect(endOf('one\ntwo\nthree', 9)).toEqual({ text: 'two\nthree', leftOut: 4 });
});
