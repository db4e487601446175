import { bicubic, roundInto, type Picture } from './resize.js';

export interface Shape {
  /** Width and height. */
  resolution: number;
  channels: 1 | 3;
}

/** Weights of red, green and blue in luma (ITU-R BT.601). */
export const luma = [0.299, 0.587, 0.114] as const;

/** The centred square of a picture at a resolution, [h, w, c] bytes: bicubic, antialiased; colour is converted to grey by its luma, grey to colour by repetition. Rounded once, at the end. */
export function fitted(picture: Picture, { resolution, channels }: Shape): Uint8Array {
  const square = centredSquare(picture);
  const resized = bicubic(square, resolution)(square.data);
  const out = new Uint8Array(resolution * resolution * channels);
  roundInto(out, 0, square.channels === channels ? resized : channels === 1 ? greyOf(resized) : repeated(resized, channels));
  return out;
}

function centredSquare({ width, height, channels, data }: Picture): Picture {
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const out = new Uint8Array(side * side * channels);
  for (let y = 0; y < side; y += 1) {
    const from = ((top + y) * width + left) * channels;
    out.set(data.subarray(from, from + side * channels), y * side * channels);
  }
  return { width: side, height: side, channels, data: out };
}

function greyOf(colours: Float64Array): Float64Array {
  return Float64Array.from({ length: colours.length / 3 }, (_, i) => luma[0] * colours[3 * i]! + luma[1] * colours[3 * i + 1]! + luma[2] * colours[3 * i + 2]!);
}

function repeated(grey: Float64Array, channels: number): Float64Array {
  return Float64Array.from({ length: channels * grey.length }, (_, i) => grey[Math.floor(i / channels)]!);
}
