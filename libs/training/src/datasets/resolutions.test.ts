import { sliceImages } from '../images.js';
import { double, halve, imagesAt, padTo32 } from './resolutions.js';

const counting = { shape: [2, 28, 28], data: Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 7) % 251) };

describe('padTo32', () => {
  it('puts each image two pixels in from a black edge', () => {
    const { data, count, size } = padTo32(counting);
    expect([count, size, data.length]).toEqual([2, 32, 2 * 1024]);
    for (let n = 0; n < 2; n += 1) for (let y = 0; y < 32; y += 1) for (let x = 0; x < 32; x += 1) {
      const inside = x >= 2 && x < 30 && y >= 2 && y < 30;
      expect(data[n * 1024 + y * 32 + x]).toBe(inside ? counting.data[n * 784 + (y - 2) * 28 + (x - 2)] : 0);
    }
  });
});

describe('halve', () => {
  it('gives the mean of 2x2 pixels, halves rounded up', () => {
    const data = Uint8Array.of(0, 1, 10, 20, 0, 1, 30, 40, 255, 255, 0, 0, 255, 255, 0, 1);
    expect([...halve({ count: 1, size: 4, channels: 1, data }).data]).toEqual([1, 25, 255, 0]);
  });

  it('keeps images separate', () => {
    const both = padTo32(counting);
    expect(sliceImages(halve(both), 1, 2)).toEqual(halve(sliceImages(both, 1, 2)));
  });
});

describe('double', () => {
  it('keeps a uniform image, the mean of any image, and images separate', () => {
    const even = { count: 1, size: 4, channels: 1, data: new Uint8Array(16).fill(93) };
    expect(double(even)).toEqual({ ...even, size: 8, data: new Uint8Array(64).fill(93) });
    const both = padTo32(counting);
    expect(sliceImages(double(both), 1, 2)).toEqual(double(sliceImages(both, 1, 2)));
  });
});

describe('imagesAt', () => {
  it.each([16, 32, 64] as const)('gives %i pixels a side', (resolution) => {
    expect(imagesAt(counting, resolution)).toMatchObject({ count: 2, size: resolution, channels: 1, data: { length: 2 * resolution ** 2 } });
  });
});
