import { bytesOf, headerLength, sheetOf, trajectoryIn } from './tensor-file.js';

/** A file of two steps of three 2x2 images, step s and image i all of the value 10 s + i. */
function file(dtype: 'U8' | 'F32'): Uint8Array {
  const pixels = [0, 1].flatMap((step) => [0, 1, 2].flatMap((i) => Array<number>(4).fill(10 * step + i)));
  const data = dtype === 'U8' ? Uint8Array.from(pixels) : new Uint8Array(Float32Array.from(pixels, (value) => value / 127.5 - 1).buffer);
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { 'é': 'x' }, images: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, trajectory: { dtype, shape: [2, 3, 2, 2, 1], data_offsets: [1, 1 + data.length] } }));
  const all = new Uint8Array(8 + header.length + 1 + data.length);
  new DataView(all.buffer).setBigUint64(0, BigInt(header.length), true);
  all.set(header, 8);
  all.set(data, 8 + header.length + 1);
  return all;
}

test.each(['U8', 'F32'] as const)('the images of a step are read by their bytes alone, of %s, and stand in rows', (dtype) => {
  const all = file(dtype);
  const part = (first: number, last: number): ArrayBuffer => all.slice(first, last + 1).buffer as ArrayBuffer;
  const length = headerLength(part(0, 7));
  const tensor = trajectoryIn(new TextDecoder().decode(part(8, 7 + length)))!;
  const { width, height, data } = sheetOf(part(...bytesOf(tensor, 1, 64)), tensor, 2);
  expect([width, height]).toEqual([4, 4]);
  const red = (x: number, y: number): number => data[(y * width + x) * 4]!;
  expect([red(0, 0), red(2, 1), red(1, 3), data[3]]).toEqual([10, 11, 12, 255]);
  // no fourth image
  expect(data[(3 * width + 3) * 4 + 3]).toBe(0);
  expect(bytesOf(tensor, 0, 2)[1] - bytesOf(tensor, 0, 2)[0] + 1).toBe(8 * (dtype === 'U8' ? 1 : 4));
});

test('a file without a trajectory has none', () => {
  expect(trajectoryIn('{"images":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}')).toBeUndefined();
});
