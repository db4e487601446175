import { KernelSize } from './layouts';
import { filterPlace, inputPlace, mapInput, mapSlope, outputOf, slopePlace, tapOf } from './winograd-maps';

/**
 * Tiles of F(4 x 4, 3 x 3): 6 x 6 pixels of x, 4 x 4 of y over their middle, and what the maps of winograd-maps.ts make of both, four
 * channels at a time. `pixels` lists the addresses of a tile's pixels, row by row; `stride` is the distance in bytes between the
 * 36 components of a transformed tile.
 */

/** Bytes of the addresses of 6 x 6 and 4 x 4 pixels, and of numbers between two maps. */
export const largeList: usize = KernelSize.largeListBytes;
export const smallList: usize = KernelSize.smallListBytes;
export const betweenBytes: usize = KernelSize.betweenBytes;

/** Bytes from one component of transformed tiles to the next: lines a power of two apart would share one set of the cache. */
// @ts-ignore: decorator
@inline
export function padded(bytes: usize): usize {
  return bytes + KernelSize.padBytes;
}

/** Where the pixels of a tile lie: `side` x `side` of them from (row, column), `outside` for those that are not in the image. */
function listPixels(image: usize, row: i32, column: i32, side: i32, height: i32, width: i32, bytes: usize, outside: usize, list: usize): void {
  for (let r = row; r < row + side; r++) {
    for (let c = column; c < column + side; c++) {
      store<u32>(list, <u32>(<u32>r >= <u32>height || <u32>c >= <u32>width ? outside : image + (r * width + c) * bytes));
      list += 4;
    }
  }
}

/**
 * The pixels of some tiles, counted over all images: 6 x 6 of x in `large`, the 4 x 4 of y over their middle in `small`. `top` and
 * `left` are what the filter reaches beyond the first pixel of y; for pixels outside, x has `zeros` and y has `dump`.
 */
export function listTiles(
  first: i32, tiles: i32, x: usize, inHeight: i32, inWidth: i32, pixelIn: usize, y: usize, outHeight: i32, outWidth: i32, pixelOut: usize,
  top: i32, left: i32, zeros: usize, dump: usize, large: usize, small: usize,
): void {
  const across = (outWidth + 3) >> 2, down = (outHeight + 3) >> 2;
  for (let at = first; at < first + tiles; at++) {
    const image = at / (across * down), row = at / across % down << 2, column = at % across << 2;
    listPixels(x + image * inHeight * inWidth * pixelIn, row - top, column - left, 6, inHeight, inWidth, pixelIn, zeros, large);
    listPixels(y + image * outHeight * outWidth * pixelOut, row, column, 4, outHeight, outWidth, pixelOut, dump, small);
    large += largeList;
    small += smallList;
  }
}

/** Pixel `i` of a list. */
// @ts-ignore: decorator
@inline
function pixel(pixels: usize, i: usize, shift: usize): v128 {
  return v128.load(<usize>load<u32>(pixels + (i << 2)) + shift);
}

/** B^T x B of a tile of 6 x 6 pixels. `between` holds 6 x 6 times four numbers. */
// @ts-ignore: decorator
@inline
export function inputTile(pixels: usize, shift: usize, between: usize, to: usize, stride: usize): void {
  for (let c: usize = 0; c < 6; c++) {
    const p = pixels + (c << 2);
    mapInput(pixel(p, 0, shift), pixel(p, 6, shift), pixel(p, 12, shift), pixel(p, 18, shift), pixel(p, 24, shift), pixel(p, 30, shift), between + (c << 4), 96);
  }
  for (let row = 0; row < 6; row++) {
    mapInput(v128.load(between), v128.load(between, 16), v128.load(between, 32), v128.load(between, 48), v128.load(between, 64), v128.load(between, 80), to, stride);
    between += 96;
    to += 6 * stride;
  }
}

/** A^T m A, m the 36 components of a tile, to the tile's 4 x 4 pixels. */
// @ts-ignore: decorator
@inline
export function outputTile(m: usize, stride: usize, between: usize, pixels: usize, shift: usize): void {
  for (let c: usize = 0; c < 6; c++) {
    const down = 6 * stride, p = m + c * stride, to = between + (c << 4);
    const m0 = v128.load(p), m1 = v128.load(p + down), m2 = v128.load(p + 2 * down), m3 = v128.load(p + 3 * down), m4 = v128.load(p + 4 * down), m5 = v128.load(p + 5 * down);
    v128.store(to, outputOf(0, m0, m1, m2, m3, m4, m5));
    v128.store(to, outputOf(1, m0, m1, m2, m3, m4, m5), 96);
    v128.store(to, outputOf(2, m0, m1, m2, m3, m4, m5), 192);
    v128.store(to, outputOf(3, m0, m1, m2, m3, m4, m5), 288);
  }
  for (let row = 0; row < 4; row++) {
    const m0 = v128.load(between), m1 = v128.load(between, 16), m2 = v128.load(between, 32), m3 = v128.load(between, 48), m4 = v128.load(between, 64), m5 = v128.load(between, 80);
    v128.store(<usize>load<u32>(pixels) + shift, outputOf(0, m0, m1, m2, m3, m4, m5));
    v128.store(<usize>load<u32>(pixels, 4) + shift, outputOf(1, m0, m1, m2, m3, m4, m5));
    v128.store(<usize>load<u32>(pixels, 8) + shift, outputOf(2, m0, m1, m2, m3, m4, m5));
    v128.store(<usize>load<u32>(pixels, 12) + shift, outputOf(3, m0, m1, m2, m3, m4, m5));
    between += 96;
    pixels += 16;
  }
}

/** Row `row` of B^T x B of a tile of 6 x 6 pixels. */
// @ts-ignore: decorator
@inline
export function inputRow(pixels: usize, row: i32, shift: usize, to: usize, stride: usize): void {
  mapInput(
    inputColumn(pixels, row, 0, shift), inputColumn(pixels, row, 1, shift), inputColumn(pixels, row, 2, shift),
    inputColumn(pixels, row, 3, shift), inputColumn(pixels, row, 4, shift), inputColumn(pixels, row, 5, shift), to, stride,
  );
}

// @ts-ignore: decorator
@inline
function inputColumn(pixels: usize, row: i32, column: usize, shift: usize): v128 {
  const p = pixels + (column << 2);
  return inputPlace(row, pixel(p, 0, shift), pixel(p, 6, shift), pixel(p, 12, shift), pixel(p, 18, shift), pixel(p, 24, shift), pixel(p, 30, shift));
}

/** Row `row` of A dy A^T, dy a tile of 4 x 4 pixels. */
// @ts-ignore: decorator
@inline
export function slopeRow(pixels: usize, row: i32, shift: usize, to: usize, stride: usize): void {
  mapSlope(slopeColumn(pixels, row, 0, shift), slopeColumn(pixels, row, 1, shift), slopeColumn(pixels, row, 2, shift), slopeColumn(pixels, row, 3, shift), to, stride);
}

// @ts-ignore: decorator
@inline
function slopeColumn(pixels: usize, row: i32, column: usize, shift: usize): v128 {
  const p = pixels + (column << 2);
  return slopePlace(row, pixel(p, 0, shift), pixel(p, 4, shift), pixel(p, 8, shift), pixel(p, 12, shift));
}

/** Row `row` of G w G^T for four numbers of a filter, `stride` bytes from component to component; taps `tap` bytes apart in rows of three, from (2, 2) backwards where `flipped`. */
// @ts-ignore: decorator
@inline
export function filterOf(w: usize, tap: usize, flipped: bool, row: i32, column: i32): v128 {
  return filterPlace(column, filterColumn(w, tap, flipped, row, 0), filterColumn(w, tap, flipped, row, 1), filterColumn(w, tap, flipped, row, 2));
}

// @ts-ignore: decorator
@inline
function filterColumn(w: usize, tap: usize, flipped: bool, row: i32, column: i32): v128 {
  return filterPlace(row, tapAt(w, tap, flipped, column), tapAt(w, tap, flipped, 3 + column), tapAt(w, tap, flipped, 6 + column));
}

// @ts-ignore: decorator
@inline
function tapAt(w: usize, tap: usize, flipped: bool, index: i32): v128 {
  return v128.load(w + tap * (flipped ? 8 - index : index));
}

/** Tap (row, column) of G^T s G for four numbers of the 36 sums s, `stride` bytes from component to component. */
export function tapOfSums(s: usize, stride: usize, row: i32, column: i32): v128 {
  const down = 6 * stride;
  return tapOf(
    row, sumsRow(s, stride, column), sumsRow(s + down, stride, column), sumsRow(s + 2 * down, stride, column),
    sumsRow(s + 3 * down, stride, column), sumsRow(s + 4 * down, stride, column), sumsRow(s + 5 * down, stride, column),
  );
}

// @ts-ignore: decorator
@inline
function sumsRow(s: usize, stride: usize, column: i32): v128 {
  return tapOf(column, v128.load(s), v128.load(s + stride), v128.load(s + 2 * stride), v128.load(s + 3 * stride), v128.load(s + 4 * stride), v128.load(s + 5 * stride));
}
