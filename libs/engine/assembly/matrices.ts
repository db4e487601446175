import { packPanel, tile } from './tile';

/**
 * y [batch][rows][columns] = a b, each batch of a and b that many numbers apart (0: the same for all); [from, to) counts fours of rows,
 * the last of a batch may be short. Strides in numbers: a's from row to row and along depth, b's along depth and from column to column;
 * a flag of transposition is an exchange of the two. A thread's scratch holds four addresses, four rows of a, b's panels, and one row
 * of y, its columns rounded up to 8.
 */
export function multiply(
  a: usize, b: usize, y: usize, rows: i32, depth: i32, columns: i32,
  strideA: i32, strideB: i32, rowA: i32, depthA: i32, depthB: i32, columnB: i32, scratch: usize, scratchBytes: i32,
  from: i32, to: i32, thread: i32,
): void {
  scratch += thread * scratchBytes;
  const gathered = scratch + 16, rowBytes = columns << 2, depthBytes = depth << 2;
  const panels = gathered + (depth << 4);
  const dump = panels + ((depth * ((columns + 7) & ~7)) << 2);
  const fours = (rows + 3) >> 2;
  let packed = -1;
  for (let four = from; four < to; four++) {
    const n = four / fours, r = four % fours << 2;
    const fromA = a + ((n * strideA) << 2), fromB = b + ((n * strideB) << 2);
    if (packed < 0 || (packed != n && strideB != 0)) {
      let panel = panels;
      for (let c = 0; c < columns; c += 8) panel = packPanel(fromB + ((c * columnB) << 2), depthB, columnB, depth, min(8, columns - c), panel);
      packed = n;
    }
    for (let p = 0; p < 4; p++) {
      let row = fromA + ((min(r + p, rows - 1) * rowA) << 2);
      if (depthA != 1) row = gather(row, depthA, depth, gathered + p * depthBytes);
      store<u32>(scratch + (p << 2), <u32>row);
    }
    const y0 = y + (n * rows + r) * rowBytes, last = rows - 1 - r;
    const y1 = last >= 1 ? y0 + rowBytes : dump, y2 = last >= 2 ? y0 + 2 * rowBytes : dump, y3 = last >= 3 ? y0 + 3 * rowBytes : dump;
    let panel = panels;
    for (let c = 0; c < columns; c += 8) {
      const shift = c << 2;
      tile(scratch, 1, depth, panel, y0 + shift, y1 + shift, y2 + shift, y3 + shift, columns - c);
      panel += depth << 5;
    }
  }
}

/** Copies numbers that are `stride` apart to neighbouring addresses; returns the first of them. */
function gather(from: usize, stride: i32, count: i32, to: usize): usize {
  for (let k = 0; k < count; k++) store<f32>(to + (k << 2), load<f32>(from + ((k * stride) << 2)));
  return to;
}
