import { PNG } from 'pngjs';

/** Pixels of n images of one size, [n,height,width,channels], 0..255. */
export interface ImageBatch {
  readonly pixels: Uint8Array;
  readonly n: number;
  readonly height: number;
  readonly width: number;
  /** 1 is grey, 3 is red, green, blue. */
  readonly channels: number;
}

/** One picture, [height,width,channels]. */
export type Picture = Omit<ImageBatch, 'n'>;

/** Images row by row in `columns` columns, each pixel repeated zoom x zoom; unused cells are black. */
export function imageSheet(images: ImageBatch, { columns, zoom }: { columns: number; zoom: number }): Picture {
  const { pixels, n, height, width, channels } = images;
  const wide = columns * width * zoom;
  const high = Math.ceil(n / columns) * height * zoom;
  const out = new Uint8Array(high * wide * channels);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const image = Math.floor(y / (height * zoom)) * columns + Math.floor(x / (width * zoom));
      if (image >= n) continue;
      const from = ((image * height + (Math.floor(y / zoom) % height)) * width + (Math.floor(x / zoom) % width)) * channels;
      for (let c = 0; c < channels; c++) out[(y * wide + x) * channels + c] = pixels[from + c]!;
    }
  }
  return { pixels: out, height: high, width: wide, channels };
}

/** A picture as PNG bytes: 8-bit grey for one channel, RGB for three. */
export function encodePng({ pixels, height, width, channels }: Picture): Buffer {
  const colorType = channels === 1 ? 0 : 2;
  const png = new PNG({ width, height, colorType, inputColorType: colorType, inputHasAlpha: false });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha: false });
}
