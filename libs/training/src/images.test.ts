import { areBytes, byteToUnit, type Images, pickImages, sliceImages, unitToByte } from './images.js';

const colours: Images<Uint8Array> = { count: 3, size: 2, channels: 3, data: Uint8Array.from({ length: 36 }, (_, i) => 7 * i) };
const floats: Images<Float32Array> = { count: 3, size: 2, channels: 1, data: Float32Array.from({ length: 12 }, (_, i) => i / 4) };

describe('bytes and numbers', () => {
  it.each([1, 0.5])('0 and 255 are the ends of a range of %d, and every byte survives the way there and back', (range) => {
    expect([byteToUnit(0, range), byteToUnit(255, range)]).toEqual([-range, range]);
    for (let byte = 0; byte < 256; byte += 1) expect(unitToByte(byteToUnit(byte, range), range)).toBe(byte);
  });

  it('values outside [-1, 1] become black or white', () => {
    expect([unitToByte(-1.7), unitToByte(3)]).toEqual([0, 255]);
  });
});

describe('pickImages', () => {
  it('gives the images requested, in that order, with all their channels', () => {
    const picked = [...pickImages(colours, [2, 0])];
    expect(picked).toEqual([...pickImages(colours, [2]), ...pickImages(colours, [0])]);
    expect(picked.slice(0, 12)).toEqual(Array.from(colours.data.subarray(24), (byte) => Math.fround(byteToUnit(byte))));
  });

  it('scales bytes to the range, and leaves floats unchanged in any range', () => {
    expect([...pickImages(colours, [1], 0.5)]).toEqual([...pickImages(colours, [1])].map((x) => x / 2));
    expect([...pickImages(floats, [1], 0.5)]).toEqual([1, 1.25, 1.5, 1.75]);
    expect([areBytes(colours), areBytes(floats)]).toEqual([true, false]);
  });
});

describe('sliceImages', () => {
  it('gives whole images of any number of channels', () => {
    expect(sliceImages(colours, 1, 3)).toEqual({ ...colours, count: 2, data: colours.data.subarray(12) });
    expect(sliceImages(floats, 0, 1).data).toHaveLength(4);
  });
});
