/** Bytes of a picture row by row, [height, width, channels]. */
export interface Picture extends PictureShape {
  data: Uint8Array;
}

export interface PictureShape {
  width: number;
  height: number;
  channels: number;
}

/** Keys' cubic with a = -1/2, the Catmull-Rom spline (Keys 1981, eq. 15); 0 beyond 2. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

interface Taps {
  start: number;
  weights: Float64Array;
}

/** For each of the `to` samples, the `from` samples that contribute to it and their weights, which sum to 1. When shrinking, the kernel is widened by the same factor: no aliasing. Samples beyond an edge are ignored. */
function tapsOf(from: number, to: number): Taps[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - 2 * stretch + 0.5));
    const end = Math.min(from, Math.floor(centre + 2 * stretch + 0.5));
    const raw = Float64Array.from({ length: end - start }, (_, k) => cubic((start + k + 0.5 - centre) / stretch));
    const sum = raw.reduce((a, b) => a + b, 0);
    return { start, weights: raw.map((weight) => weight / sum) };
  });
}

/**
 * Resamples pictures of one shape to `size` x `size`, in float64: [size, size, channels], valid until the next call. Bicubic, half-pixel centres,
 * antialiased: PIL's BICUBIC, except that PIL rounds and clips to [0, 255] after the first pass too. Where both overshoot, next to sharp edges,
 * single pixels differ by tens of grey levels.
 */
export function bicubic({ width, height, channels }: PictureShape, size: number): (data: Uint8Array) => Float64Array {
  const [across, down] = [tapsOf(width, size), tapsOf(height, size)];
  const narrow = new Float64Array(height * size * channels);
  const out = new Float64Array(size * size * channels);
  return (data) => {
    for (let y = 0; y < height; y += 1) narrowRow(across, channels, { from: data, fromAt: y * width * channels, to: narrow, toAt: y * size * channels });
    sumRows(down, size * channels, { from: narrow, to: out });
    return out;
  };
}

interface Row {
  from: Uint8Array;
  fromAt: number;
  to: Float64Array;
  toAt: number;
}

function narrowRow(taps: readonly Taps[], channels: number, { from, fromAt, to, toAt }: Row): void {
  for (let i = 0; i < taps.length; i += 1) {
    const { start, weights } = taps[i]!;
    for (let channel = 0; channel < channels; channel += 1) {
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1) sum += weights[k]! * from[fromAt + (start + k) * channels + channel]!;
      to[toAt + i * channels + channel] = sum;
    }
  }
}

/** Each row of `to` from rows of `from`, both with rows of `length` numbers. */
function sumRows(taps: readonly Taps[], length: number, { from, to }: { from: Float64Array; to: Float64Array }): void {
  to.fill(0);
  for (let i = 0; i < taps.length; i += 1) {
    const { start, weights } = taps[i]!;
    for (let k = 0; k < weights.length; k += 1) {
      const [weight, at] = [weights[k]!, (start + k) * length];
      for (let j = 0; j < length; j += 1) to[i * length + j]! += weight * from[at + j]!;
    }
  }
}

/** Writes the nearest bytes (halves round up) to `out` from `at` on; values outside are clipped to 0 or 255. */
export function roundInto(out: Uint8Array, at: number, values: Float64Array): void {
  for (let i = 0; i < values.length; i += 1) {
    const above = values[i]! + 0.5;
    out[at + i] = above < 0 ? 0 : above > 255 ? 255 : above; // storing it drops the fraction
  }
}
