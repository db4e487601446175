/** Numbers moved, none changed. */

/** Copies `rows` rows of `bytes` (a multiple of 4), whose starts lie so many bytes apart. */
export function copyRows(from: usize, to: usize, rows: i32, bytes: i32, apartFrom: i32, apartTo: i32): void {
  for (let r = 0; r < rows; r++) {
    let a = from, b = to;
    for (const end = from + (bytes & ~15); a < end; a += 16, b += 16) v128.store(b, v128.load(a));
    for (const end = from + bytes; a < end; a += 4, b += 4) store<f32>(b, load<f32>(a));
    from += apartFrom;
    to += apartTo;
  }
}

/** Nearest upsampling: x [rows][width][channels] -> y [2 rows][2 width][channels], `rows` counting all images' rows. */
export function upsample2x(x: usize, y: usize, rows: i32, width: i32, channels: i32): void {
  const pixelBytes = channels << 2, rowBytes = width * pixelBytes;
  for (let r = 0; r < rows; r++) {
    copyRows(x, y, width, pixelBytes, pixelBytes, 2 * pixelBytes);
    copyRows(x, y + pixelBytes, width, pixelBytes, pixelBytes, 2 * pixelBytes);
    copyRows(y, y + 2 * rowBytes, 1, 2 * rowBytes, 0, 0);
    x += rowBytes;
    y += 4 * rowBytes;
  }
}

/** Its gradient, the sum over 2 x 2: dy [2 rows][2 width][channels] -> dx [rows][width][channels]. */
export function upsample2xGradient(dy: usize, dx: usize, rows: i32, width: i32, channels: i32): void {
  const pixelBytes = channels << 2, largeRow = 2 * width * pixelBytes;
  for (let r = 0; r < rows; r++) {
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

/** y [columns][rows] = x [rows][columns] turned, in each of `batch`. */
export function transpose(x: usize, y: usize, batch: i32, rows: i32, columns: i32): void {
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < columns; c++) {
      let from = x + (c << 2);
      for (let r = 0; r < rows; r++) {
        store<f32>(y, load<f32>(from));
        from += columns << 2;
        y += 4;
      }
    }
    x += (rows * columns) << 2;
  }
}
