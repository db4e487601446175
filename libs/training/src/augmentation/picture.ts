/** One image, [size, size, channels] row by row. */
export interface Picture {
  pixels: Float32Array;
  size: number;
  channels: number;
}

/** The changed image, and the numbers that describe the change to the network. */
export interface Augmented {
  pixels: Float32Array;
  label: readonly number[];
}

/** The image with its columns (x) or its rows (y) in the opposite order, a new array. */
export function mirrored({ pixels, size, channels }: Picture, axis: 'x' | 'y'): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = axis === 'x' ? y * size + (size - 1 - x) : (size - 1 - y) * size + x;
      for (let c = 0; c < channels; c += 1) out[(y * size + x) * channels + c] = pixels[from * channels + c]!;
    }
  }
  return out;
}
