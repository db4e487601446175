import { parseIdx } from './idx.js';

const header = (type: number, ...dimensions: number[]) => [0, 0, type, dimensions.length, ...dimensions.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])];

describe('parseIdx', () => {
  it('reads dimensions as big-endian numbers and leaves the bytes as they are', () => {
    const { shape, data } = parseIdx(Uint8Array.from([...header(8, 2, 1, 3), 1, 2, 3, 4, 5, 6]), 'made');
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['another magic number', [1, 0, 8, 1, 0, 0, 0, 0]],
    ['an element type other than bytes', header(0x0d, 0)],
    ['a header cut short', [0, 0, 8, 3, 0, 0, 0, 1]],
    ['too few bytes', [...header(8, 2, 2), 1, 2, 3]],
    ['too many bytes', [...header(8, 1), 1, 2]],
    ['nothing at all', []],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseIdx(Uint8Array.from(bytes), 'made')).toThrow(expect.objectContaining({ code: 'data.corrupt', message: expect.stringContaining('made') }));
  });
});
