/** Whether the number of channels is a multiple of four: in the left matrix, and in the right one and the result. Then four are one element. */
export interface Fours {
  left: boolean;
  right: boolean;
}

/** Of the images that patches are cut from: channels, width of the filter, height and width of an image, of the pixels' grid; where a pixel's window begins. */
export const patchUniforms = 'channels : i32, width : i32, read : vec2<i32>, grid : vec2<i32>, step : vec2<i32>, before : vec2<i32>,';

/**
 * The matrix [pixel][tap and channel] of what a filter sees, of which only the images `x` are in memory. A pixel is a position in
 * `grid` in an image, and its window begins at `step` times that position minus `before`. `pixels` and `terms` name the uniforms that
 * give the numbers of rows and columns; anything beyond them, or outside an image, is 0.
 */
export const patches = ({ pixels, terms, fours }: { pixels: string; terms: string; fours: boolean }): string => `
  alias Taps = ${fours ? 'vec3<i32>' : 'array<vec3<i32>, 4>'};
  const nowhere = -1000000;

  // (image, y, x) of a pixel
  fn positionOf(pixel : i32) -> vec3<i32> {
    let line = pixel / uniforms.grid.y;
    let image = line / uniforms.grid.x;
    return vec3<i32>(image, line - image * uniforms.grid.x, pixel - line * uniforms.grid.y);
  }

  // (the image's first pixel, first y, first x) that a pixel's window reads
  fn windowOf(pixel : i32) -> vec3<i32> {
    let position = positionOf(pixel);
    let first = position.yz * uniforms.step - uniforms.before;
    return vec3<i32>(position.x * uniforms.read.x * uniforms.read.y, select(nowhere, first.x, pixel < uniforms.${pixels}), first.y);
  }

  // (y, x, channel) within a window
  fn tapOf(term : i32) -> vec3<i32> {
    let tap = term / uniforms.channels;
    let down = tap / uniforms.width;
    return vec3<i32>(select(nowhere, down, term < uniforms.${terms}), tap - down * uniforms.width, term - tap * uniforms.channels);
  }

  fn indexAt(window : vec3<i32>, tap : vec3<i32>) -> i32 {
    let position = window.yz + tap.xy;
    if (any(position < vec2<i32>(0)) || any(position >= uniforms.read)) { return -1; }
    return (window.x + position.x * uniforms.read.y + position.y) * uniforms.channels + tap.z;
  }
  ${fours ? fourTogether : fourApart}`;

const fourTogether = `
  fn tapsOf(term : i32) -> Taps { return tapOf(term); }

  fn fourAt(window : vec3<i32>, tap : Taps) -> vec4<f32> {
    let index = indexAt(window, tap);
    if (index < 0) { return vec4<f32>(0.0); }
    return x[index / 4];
  }`;

const fourApart = `
  fn tapsOf(term : i32) -> Taps { return Taps(tapOf(term), tapOf(term + 1), tapOf(term + 2), tapOf(term + 3)); }

  fn oneAt(window : vec3<i32>, tap : vec3<i32>) -> f32 {
    let index = indexAt(window, tap);
    if (index < 0) { return 0.0; }
    return x[index];
  }

  fn fourAt(window : vec3<i32>, taps : Taps) -> vec4<f32> {
    return vec4<f32>(oneAt(window, taps[0]), oneAt(window, taps[1]), oneAt(window, taps[2]), oneAt(window, taps[3]));
  }`;

const each = (of: (i: number) => string): string => [0, 1, 2, 3].map(of).join(' ');

/** Four columns of a row-major matrix `name`, starting at number `first`; zeros beyond the last column. */
export const fourColumns = (name: string, fours: boolean): string => (fours
  ? `return ${name}[first / 4];`
  : `var four = vec4<f32>(0.0); ${each((i) => `if (column + ${i} < uniforms.columns) { four[${i}] = ${name}[first + ${i}]; }`)} return four;`);

/** Writes `sum` to the same four columns of the result. */
export const putColumns = (fours: boolean): string => (fours
  ? 'result[first / 4] = sum;'
  : each((i) => `if (column + ${i} < uniforms.columns) { result[first + ${i}] = sum[${i}]; }`));
