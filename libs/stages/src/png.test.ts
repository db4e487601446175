import { PNG } from 'pngjs';
import { encodePng, imageSheet } from './png.js';

describe('imageSheet', () => {
  it('lays images out row by row and leaves the rest black', () => {
    const images = { pixels: Uint8Array.from([1, 2, 3, 4, 5, 6]), n: 3, height: 1, width: 2, channels: 1 };
    expect(imageSheet(images, { columns: 2, zoom: 1 })).toEqual({ pixels: Uint8Array.from([1, 2, 3, 4, 5, 6, 0, 0]), height: 2, width: 4, channels: 1 });
  });

  it('repeats each pixel zoom times in both directions, channels kept together', () => {
    const images = { pixels: Uint8Array.from([1, 2, 3, 7, 8, 9]), n: 1, height: 2, width: 1, channels: 3 };
    const row = (...rgb: number[]) => [...rgb, ...rgb];
    expect(Array.from(imageSheet(images, { columns: 1, zoom: 2 }).pixels)).toEqual([...row(1, 2, 3), ...row(1, 2, 3), ...row(7, 8, 9), ...row(7, 8, 9)]);
  });
});

describe('encodePng', () => {
  it.each([1, 3])('writes what a PNG reader reads back, with %i channels', (channels) => {
    const pixels = Uint8Array.from({ length: 3 * 5 * channels }, (_, i) => (i * 37) % 256);
    const { data, width, height } = PNG.sync.read(encodePng({ pixels, height: 3, width: 5, channels }));
    expect([width, height]).toEqual([5, 3]);
    for (let i = 0; i < 15; i++) {
      const rgb = channels === 3 ? pixels.subarray(3 * i, 3 * i + 3) : [pixels[i], pixels[i], pixels[i]];
      expect(Array.from(data.subarray(4 * i, 4 * i + 4))).toEqual([...rgb, 255]);
    }
  });
});
