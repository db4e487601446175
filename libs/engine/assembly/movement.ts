/** Numbers moved, none changed. */

/** Copies rows [first, last) of `bytes` (a multiple of 4), whose starts lie so many bytes apart. */
export function copyRows(from: usize, to: usize, bytes: i32, strideFrom: i32, strideTo: i32, first: i32, last: i32): void {
  from += first * strideFrom;
  to += first * strideTo;
  for (let r = first; r < last; r++) {
    let a = from, b = to;
    for (const end = from + (bytes & ~15); a < end; a += 16, b += 16) v128.store(b, v128.load(a));
    for (const end = from + bytes; a < end; a += 4, b += 4) store<f32>(b, load<f32>(a));
    from += strideFrom;
    to += strideTo;
  }
}

/** Nearest upsampling: x [rows][width][channels] -> y [2 rows][2 width][channels], rows [from, to) of all images' rows of x. */
export function upsample2x(x: usize, y: usize, width: i32, channels: i32, from: i32, to: i32): void {
  const pixelBytes = channels << 2, rowBytes = width * pixelBytes;
  x += from * rowBytes;
  y += from * 4 * rowBytes;
  for (let r = from; r < to; r++) {
    copyRows(x, y, pixelBytes, pixelBytes, 2 * pixelBytes, 0, width);
    copyRows(x, y + pixelBytes, pixelBytes, pixelBytes, 2 * pixelBytes, 0, width);
    copyRows(y, y + 2 * rowBytes, 2 * rowBytes, 0, 0, 0, 1);
    x += rowBytes;
    y += 4 * rowBytes;
  }
}

/** Its gradient, the sum over 2 x 2: dy [2 rows][2 width][channels] -> dx [rows][width][channels], rows [from, to). */
export function upsample2xGradient(dy: usize, dx: usize, width: i32, channels: i32, from: i32, to: i32): void {
  const pixelBytes = channels << 2, largeRow = 2 * width * pixelBytes;
  dy += from * 2 * largeRow;
  dx += (from * largeRow) >> 1;
  for (let r = from; r < to; r++) {
    for (let c = 0; c < width; c++) {
      let i = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        const a = dy + i, b = a + largeRow;
        const above = f32x4.add(v128.load(a), v128.load(a + pixelBytes)), below = f32x4.add(v128.load(b), v128.load(b + pixelBytes));
        v128.store(dx + i, f32x4.add(above, below));
      }
      for (; i < pixelBytes; i += 4) {
        const a = dy + i, b = a + largeRow;
        store<f32>(dx + i, load<f32>(a) + load<f32>(a + pixelBytes) + (load<f32>(b) + load<f32>(b + pixelBytes)));
      }
      dy += 2 * pixelBytes;
      dx += pixelBytes;
    }
    dy += largeRow;
  }
}

/** y [batch][columns][rows] = x [batch][rows][columns]; rows [from, to) of y, over all of the batch. */
export function transpose(x: usize, y: usize, rows: i32, columns: i32, from: i32, to: i32): void {
  y += (from * rows) << 2;
  for (let r = from; r < to; r++) {
    let number = x + ((r / columns * rows * columns + r % columns) << 2);
    for (const end = y + (rows << 2); y < end; y += 4) {
      store<f32>(y, load<f32>(number));
      number += columns << 2;
    }
  }
}
