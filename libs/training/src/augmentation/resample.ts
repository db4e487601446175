import type { Picture } from './picture.js';

/** A map of the plane, [x', y'] = [a x + b y + tx, c x + d y + ty]; x to the right, y down, in pixels from the image's centre. */
export interface Affine {
  a: number;
  b: number;
  tx: number;
  c: number;
  d: number;
  ty: number;
}

export const identity: Affine = { a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0 };

/** First `inner`, then `outer`. */
export function composed(outer: Affine, inner: Affine): Affine {
  return {
    a: outer.a * inner.a + outer.b * inner.c, b: outer.a * inner.b + outer.b * inner.d, tx: outer.a * inner.tx + outer.b * inner.ty + outer.tx,
    c: outer.c * inner.a + outer.d * inner.c, d: outer.c * inner.b + outer.d * inner.d, ty: outer.c * inner.tx + outer.d * inner.ty + outer.ty,
  };
}

/** Low-pass filter of the wavelet sym6 (Daubechies 1992, sec. 8.1.1). Orthonormal: with nothing in between, the two passes below cancel. */
const filter = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466, 0.787641141030194,
  0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148,
];
/** The filter's centre: the response to pixel j is centred at 2 j. */
const middle = 5;
/** How many pixels beyond the image the second pass reads. */
const reach = 3;

/** One channel, row by row. */
interface Plane {
  values: Float64Array;
  width: number;
  height: number;
}

/** The same number of rows, each twice as wide. */
function doubled({ values, width, height }: Plane): Plane {
  const out = new Float64Array(height * 2 * width);
  for (let row = 0; row < height; row += 1) {
    for (let i = 0; i < 2 * width; i += 1) {
      let sum = 0;
      const last = Math.min(width - 1, Math.floor((i + middle) / 2));
      for (let j = Math.max(0, Math.ceil((i + middle - filter.length + 1) / 2)); j <= last; j += 1) sum += filter[i - 2 * j + middle]! * values[row * width + j]!;
      out[row * 2 * width + i] = sum;
    }
  }
  return { values: out, width: 2 * width, height };
}

/** The same number of rows, each half as wide: the transpose of `doubled`. */
function halved({ values, width, height }: Plane): Plane {
  const half = width / 2;
  const out = new Float64Array(height * half);
  for (let row = 0; row < height; row += 1) {
    for (let i = 0; i < half; i += 1) {
      let sum = 0;
      for (let k = 0; k < filter.length; k += 1) {
        const at = 2 * i + k - middle;
        if (at >= 0 && at < width) sum += filter[k]! * values[row * width + at]!;
      }
      out[row * half + i] = sum;
    }
  }
  return { values: out, width: half, height };
}

function transposed({ values, width, height }: Plane): Plane {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) out[x * height + y] = values[y * width + x]!;
  return { values: out, width: height, height: width };
}

const bothWays = (pass: (plane: Plane) => Plane, plane: Plane): Plane => transposed(pass(transposed(pass(plane))));

/** One channel, reflected on every side as far as possible: size - 1 pixels. */
function reflected({ pixels, size, channels }: Picture, channel: number): Plane {
  const width = 3 * size - 2;
  const within = (at: number) => { const i = Math.abs(at - (size - 1)); return i < size ? i : 2 * (size - 1) - i; };
  const values = Float64Array.from({ length: width * width }, (_, i) => pixels[(within(Math.floor(i / width)) * size + within(i % width)) * channels + channel]!);
  return { values, width, height: width };
}

/** Bilinear interpolation between four neighbours; 0 outside. */
function bilinear({ values, width, height }: Plane, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const at = (column: number, row: number) => (column < 0 || row < 0 || column >= width || row >= height ? 0 : values[row * width + column]!);
  return (1 - down) * ((1 - right) * at(left, top) + right * at(left + 1, top)) + down * ((1 - right) * at(left, top + 1) + right * at(left + 1, top + 1));
}

/** `plane` sampled at `toSource` of each pixel of a square of side `size`, both in pixels from their centres minus one half. */
function moved(plane: Plane, size: number, { a, b, tx, c, d, ty }: Affine): Plane {
  const values = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [column + 1 - size / 2, row + 1 - size / 2];
      values[row * size + column] = bilinear(plane, a * x + b * y + tx + plane.width / 2 - 1, c * x + d * y + ty + plane.height / 2 - 1);
    }
  }
  return { values, width: size, height: size };
}

/**
 * The image whose pixel at p is the given one's value at `toSource`(p), in float64: upsampled to twice its size by sym6, sampled
 * bilinearly, and downsampled by sym6. Beyond its edges the image is reflected once, then 0. EDM, app. F.2; Karras et al. 2020, app. B.
 */
export function resampled(picture: Picture, toSource: Affine): Float32Array {
  const { size, channels } = picture;
  const out = new Float32Array(picture.pixels.length);
  const doubledMap = { ...toSource, tx: 2 * toSource.tx, ty: 2 * toSource.ty };
  for (let channel = 0; channel < channels; channel += 1) {
    const large = moved(bothWays(doubled, reflected(picture, channel)), 2 * (size + 2 * reach), doubledMap);
    const { values, width } = bothWays(halved, large);
    for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) out[(y * size + x) * channels + channel] = values[(y + reach) * width + x + reach]!;
  }
  return out;
}
