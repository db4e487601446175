import { packPanel, packRows, tile } from './tile';

/**
 * y [batch][rows][columns] = a b, each batch of a and b that many numbers apart (0: the same for all).
 * Strides in numbers: a's from row to row and along depth, b's along depth and from column to column; a flag of transposition is
 * an exchange of the two. scratch holds 4 numbers of zeros-or-rows per depth, 8 columns rounded up a depth, and one row of y.
 */
export function multiply(
  a: usize, b: usize, y: usize, batch: i32, rows: i32, depth: i32, columns: i32,
  apartA: i32, apartB: i32, rowA: i32, depthA: i32, depthB: i32, columnB: i32, scratch: usize,
): void {
  const packed = scratch;
  const panels = packed + (depth << 4);
  const dump = panels + ((depth * ((columns + 7) & ~7)) << 2);
  const panelBytes = depth << 5;
  for (let n = 0; n < batch; n++) {
    if (n == 0 || apartB != 0) {
      let to = panels;
      for (let c = 0; c < columns; c += 8) to = packPanel(b + ((c * columnB) << 2), depthB, columnB, depth, min(8, columns - c), to);
    }
    for (let r = 0; r < rows; r += 4) {
      const last = rows - 1 - r;
      const s0 = a + ((r * rowA) << 2), s1 = s0 + ((min(1, last) * rowA) << 2), s2 = s0 + ((min(2, last) * rowA) << 2), s3 = s0 + ((min(3, last) * rowA) << 2);
      if (depthA == 1) packRows(s0, s1, s2, s3, depth, packed);
      else packStridedRows(s0, s1, s2, s3, depthA, depth, packed);
      const y0 = y + ((r * columns) << 2), rowBytes = columns << 2;
      const y1 = last >= 1 ? y0 + rowBytes : dump, y2 = last >= 2 ? y0 + 2 * rowBytes : dump, y3 = last >= 3 ? y0 + 3 * rowBytes : dump;
      let panel = panels;
      for (let c = 0; c < columns; c += 8) {
        const shift = c << 2;
        tile(packed, panel, depth, y0 + shift, y1 + shift, y2 + shift, y3 + shift, columns - c);
        panel += panelBytes;
      }
    }
    a += apartA << 2;
    b += apartB << 2;
    y += (rows * columns) << 2;
  }
}

/** packRows for rows whose numbers lie `stride` apart. */
function packStridedRows(s0: usize, s1: usize, s2: usize, s3: usize, stride: i32, count: i32, to: usize): void {
  const step = stride << 2;
  for (let k = 0; k < count; k++) {
    store<f32>(to, load<f32>(s0));
    store<f32>(to, load<f32>(s1), 4);
    store<f32>(to, load<f32>(s2), 8);
    store<f32>(to, load<f32>(s3), 12);
    s0 += step; s1 += step; s2 += step; s3 += step; to += 16;
  }
}
