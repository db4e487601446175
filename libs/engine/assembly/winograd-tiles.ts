/**
 * The linear maps of F(2 x 2, 3 x 3), four channels at a time. Lavin & Gray 2016 (arXiv 1509.09308), section 4.1:
 *
 *         | 1  0 -1  0 |        |  1   0   0 |
 *   B^T = | 0  1  1  0 |    G = | 1/2 1/2 1/2|    A^T = | 1  1  1  0 |
 *         | 0 -1  1  0 |        | 1/2-1/2 1/2|          | 0  1 -1 -1 |
 *         | 0  1  0 -1 |        |  0   0   1 |
 *
 * `pixels` lists the addresses of a tile's pixels, row by row; `apart` is the way from one place of a transformed tile to the next, bytes.
 */

/** Bytes from one place of transformed tiles to the next: lines a power of two apart would share one set of the cache. */
// @ts-ignore: decorator
@inline
export function padded(bytes: usize): usize {
  return bytes + 64;
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
 * The pixels of some tiles, counted over all images: 4 x 4 of x in `large`, the 2 x 2 of y over their middle in `small`. `top` and
 * `left` are what the filter reaches beyond the first pixel of y; for pixels outside, x has `zeros` and y has `dump`.
 */
export function listTiles(
  first: i32, tiles: i32, x: usize, inHeight: i32, inWidth: i32, pixelIn: usize, y: usize, outHeight: i32, outWidth: i32, pixelOut: usize,
  top: i32, left: i32, zeros: usize, dump: usize, large: usize, small: usize,
): void {
  const across = (outWidth + 1) >> 1, down = (outHeight + 1) >> 1;
  for (let at = first; at < first + tiles; at++) {
    const image = at / (across * down), row = at / across % down << 1, column = at % across << 1;
    listPixels(x + image * inHeight * inWidth * pixelIn, row - top, column - left, 4, inHeight, inWidth, pixelIn, zeros, large);
    listPixels(y + image * outHeight * outWidth * pixelOut, row, column, 2, outHeight, outWidth, pixelOut, dump, small);
    large += 64;
    small += 16;
  }
}

/** A column of row `row` of B^T x. */
// @ts-ignore: decorator
@inline
function between(pixels: usize, row: i32, column: i32, shift: usize): v128 {
  const first = pixels + (column << 2);
  if (row == 0) return f32x4.sub(pixel(first, 0, shift), pixel(first, 2, shift));
  if (row == 1) return f32x4.add(pixel(first, 1, shift), pixel(first, 2, shift));
  if (row == 2) return f32x4.sub(pixel(first, 2, shift), pixel(first, 1, shift));
  return f32x4.sub(pixel(first, 1, shift), pixel(first, 3, shift));
}

// @ts-ignore: decorator
@inline
function pixel(column: usize, row: i32, shift: usize): v128 {
  return v128.load(<usize>load<u32>(column + (row << 4)) + shift);
}

/** Row `row` of B^T x B of a tile of 4 x 4 pixels. */
// @ts-ignore: decorator
@inline
export function inputRow(pixels: usize, row: i32, shift: usize, to: usize, apart: usize): void {
  const t0 = between(pixels, row, 0, shift), t1 = between(pixels, row, 1, shift), t2 = between(pixels, row, 2, shift), t3 = between(pixels, row, 3, shift);
  v128.store(to, f32x4.sub(t0, t2));
  v128.store(to + apart, f32x4.add(t1, t2));
  v128.store(to + 2 * apart, f32x4.sub(t2, t1));
  v128.store(to + 3 * apart, f32x4.sub(t1, t3));
}

/** A column of row `row` of A dy, dy a tile of 2 x 2 pixels. */
// @ts-ignore: decorator
@inline
function spread(pixels: usize, row: i32, column: i32, shift: usize): v128 {
  const above = v128.load(<usize>load<u32>(pixels + (column << 2)) + shift);
  if (row == 0) return above;
  const below = v128.load(<usize>load<u32>(pixels + (column << 2), 8) + shift);
  if (row == 1) return f32x4.add(above, below);
  if (row == 2) return f32x4.sub(above, below);
  return f32x4.neg(below);
}

/** Row `row` of A dy A^T. */
// @ts-ignore: decorator
@inline
export function gradientRow(pixels: usize, row: i32, shift: usize, to: usize, apart: usize): void {
  const left = spread(pixels, row, 0, shift), right = spread(pixels, row, 1, shift);
  v128.store(to, left);
  v128.store(to + apart, f32x4.add(left, right));
  v128.store(to + 2 * apart, f32x4.sub(left, right));
  v128.store(to + 3 * apart, f32x4.neg(right));
}

/** A^T m A, m the 16 places of a tile, to the tile's 2 x 2 pixels. */
// @ts-ignore: decorator
@inline
export function outputTile(m: usize, apart: usize, pixels: usize, shift: usize): void {
  const row = apart << 2;
  const a0 = upper(m, row), a1 = upper(m + apart, row), a2 = upper(m + 2 * apart, row), a3 = upper(m + 3 * apart, row);
  v128.store(<usize>load<u32>(pixels) + shift, f32x4.add(f32x4.add(a0, a1), a2));
  v128.store(<usize>load<u32>(pixels, 4) + shift, f32x4.sub(f32x4.sub(a1, a2), a3));
  const b0 = lower(m, row), b1 = lower(m + apart, row), b2 = lower(m + 2 * apart, row), b3 = lower(m + 3 * apart, row);
  v128.store(<usize>load<u32>(pixels, 8) + shift, f32x4.add(f32x4.add(b0, b1), b2));
  v128.store(<usize>load<u32>(pixels, 12) + shift, f32x4.sub(f32x4.sub(b1, b2), b3));
}

// @ts-ignore: decorator
@inline
function upper(m: usize, row: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + row)), v128.load(m + 2 * row));
}

// @ts-ignore: decorator
@inline
function lower(m: usize, row: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + row), v128.load(m + 2 * row)), v128.load(m + 3 * row));
}

/** Place (row, column) of G w G^T for four numbers of a filter; taps `tap` bytes apart in rows of three, from (2, 2) backwards where `turned`. */
export function filterPlace(w: usize, tap: usize, turned: bool, row: i32, column: i32): v128 {
  return mixed(row, filterRow(w, tap, turned, 0, column), filterRow(w, tap, turned, 1, column), filterRow(w, tap, turned, 2, column));
}

// @ts-ignore: decorator
@inline
function filterRow(w: usize, tap: usize, turned: bool, row: i32, column: i32): v128 {
  const first = 3 * row;
  return mixed(column, tapAt(w, tap, turned, first), tapAt(w, tap, turned, first + 1), tapAt(w, tap, turned, first + 2));
}

// @ts-ignore: decorator
@inline
function tapAt(w: usize, tap: usize, turned: bool, index: i32): v128 {
  return v128.load(w + tap * (turned ? 8 - index : index));
}

/** Row `row` of G times a column of three. */
// @ts-ignore: decorator
@inline
function mixed(row: i32, first: v128, second: v128, third: v128): v128 {
  if (row == 0) return first;
  if (row == 3) return third;
  const ends = f32x4.add(first, third);
  return f32x4.mul(f32x4.splat(0.5), row == 1 ? f32x4.add(ends, second) : f32x4.sub(ends, second));
}

/** Tap (row, column) of G^T s G for four numbers of the 16 sums s, `apart` bytes from place to place. */
export function tapOfSums(s: usize, apart: usize, row: i32, column: i32): v128 {
  const down = apart << 2;
  return gathered(row, sumsRow(s, apart, column), sumsRow(s + down, apart, column), sumsRow(s + 2 * down, apart, column), sumsRow(s + 3 * down, apart, column));
}

// @ts-ignore: decorator
@inline
function sumsRow(s: usize, apart: usize, column: i32): v128 {
  return gathered(column, v128.load(s), v128.load(s + apart), v128.load(s + 2 * apart), v128.load(s + 3 * apart));
}

/** Row `row` of G^T times a column of four. */
// @ts-ignore: decorator
@inline
function gathered(row: i32, first: v128, second: v128, third: v128, fourth: v128): v128 {
  if (row == 1) return f32x4.mul(f32x4.splat(0.5), f32x4.sub(second, third));
  const middle = f32x4.mul(f32x4.splat(0.5), f32x4.add(second, third));
  return f32x4.add(middle, row == 0 ? first : fourth);
}
