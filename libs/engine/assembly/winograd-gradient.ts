import { WinogradGradientPlan } from './layouts';
import { gradientTile } from './filter-gradient';
import { word } from './plan';
import { inputRow, largeList, listTiles, padded, slopeRow, smallList, tapOfSums } from './winograd-tiles';

/**
 * s [36][inputs][outputs] = sum over tiles of (B^T x B) times (A dy A^T), for items [from, to) of four inputs in one row of a
 * transformed tile, rows outermost: item = row (inputs / 4) + quad.
 */
export function winogradGradient(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, WinogradGradientPlan.x), images = word(plan, WinogradGradientPlan.images);
  const inHeight = word(plan, WinogradGradientPlan.inHeight), inWidth = word(plan, WinogradGradientPlan.inWidth);
  const inputs = word(plan, WinogradGradientPlan.inputs);
  const dy: usize = word(plan, WinogradGradientPlan.dy), outHeight = word(plan, WinogradGradientPlan.outHeight);
  const outWidth = word(plan, WinogradGradientPlan.outWidth), outputs = word(plan, WinogradGradientPlan.outputs);
  const sums: usize = word(plan, WinogradGradientPlan.sums), top = word(plan, WinogradGradientPlan.top);
  const left = word(plan, WinogradGradientPlan.left), together = word(plan, WinogradGradientPlan.together);
  const zeros: usize = word(plan, WinogradGradientPlan.scratch) + thread * word(plan, WinogradGradientPlan.scratchBytes);
  const pixelIn: usize = inputs << 2, pixelOut: usize = outputs << 2;
  const readsAt = zeros + max(pixelIn, pixelOut), slopesAt = readsAt + together * largeList;
  const xPanel: usize = together << 4, dyPanel: usize = together << 5;
  const strideIn = padded(xPanel * (inputs >> 2)), strideOut = padded(dyPanel * (outputs >> 3));
  const v = slopesAt + together * smallList, w = v + 6 * strideIn;
  const across = (outWidth + 3) >> 2, down = (outHeight + 3) >> 2, tiles = images * across * down, quads = inputs >> 2;
  memory.fill(zeros, 0, max(pixelIn, pixelOut));
  const componentBytes = pixelIn * outputs;
  for (let item = from; item < to; item++) {
    for (let column = 0; column < 6; column++) memory.fill(sums + (item / quads * 6 + column) * componentBytes + ((item % quads << 2) * outputs << 2), 0, pixelOut << 2);
  }

  for (let first = 0; first < tiles; first += together) {
    const some = min(together, tiles - first);
    listTiles(first, some, x, inHeight, inWidth, pixelIn, dy, outHeight, outWidth, pixelOut, top, left, zeros, zeros, readsAt, slopesAt);
    for (let row = from / quads; row * quads < to; row++) {
      const firstQuad = max(0, from - row * quads), endQuad = min(quads, to - row * quads);
      slopeRows(slopesAt, some, row, outputs, w, strideOut, dyPanel);
      inputRows(readsAt, some, row, firstQuad, endQuad, v, strideIn, xPanel);
      for (let column = 0; column < 6; column++) {
        const fromV = v + column * strideIn, fromW = w + column * strideOut, s = sums + (row * 6 + column) * componentBytes;
        for (let o = 0; o < outputs; o += 8) {
          for (let quad = firstQuad; quad < endQuad; quad++) {
            gradientTile(fromV + quad * xPanel, fromW + (o >> 3) * dyPanel, 1, 1, some, 16, 0, 0, 0, 0, s + (((quad << 2) * outputs + o) << 2), pixelOut);
          }
        }
      }
    }
  }
}

/** Row `row` of each tile's A dy A^T: [column][outputs / 8][tile][8]. */
function slopeRows(slopes: usize, tiles: i32, row: i32, outputs: i32, w: usize, stride: usize, panel: usize): void {
  for (let t = 0; t < tiles; t++) {
    for (let o = 0; o < outputs; o += 4) {
      const to = w + (o >> 3) * panel + (t << 5) + ((o & 4) << 2), shift = o << 2;
      if (row == 0) slopeRow(slopes, 0, shift, to, stride);
      else if (row == 1) slopeRow(slopes, 1, shift, to, stride);
      else if (row == 2) slopeRow(slopes, 2, shift, to, stride);
      else if (row == 3) slopeRow(slopes, 3, shift, to, stride);
      else if (row == 4) slopeRow(slopes, 4, shift, to, stride);
      else slopeRow(slopes, 5, shift, to, stride);
    }
    slopes += smallList;
  }
}

/** Row `row` of each tile's B^T x B for some fours of inputs: [column][inputs / 4][tile][4]. */
function inputRows(reads: usize, tiles: i32, row: i32, firstQuad: i32, endQuad: i32, v: usize, stride: usize, panel: usize): void {
  for (let t = 0; t < tiles; t++) {
    for (let quad = firstQuad; quad < endQuad; quad++) {
      const to = v + quad * panel + (t << 4), shift = quad << 4;
      if (row == 0) inputRow(reads, 0, shift, to, stride);
      else if (row == 1) inputRow(reads, 1, shift, to, stride);
      else if (row == 2) inputRow(reads, 2, shift, to, stride);
      else if (row == 3) inputRow(reads, 3, shift, to, stride);
      else if (row == 4) inputRow(reads, 4, shift, to, stride);
      else inputRow(reads, 5, shift, to, stride);
    }
    reads += largeList;
  }
}

/** dw [3][3][inputs][outputs] = G^T s G. Inputs [from, to). */
export function winogradFilterGradient(sums: usize, inputs: i32, outputs: i32, dw: usize, from: i32, to: i32, thread: i32): void {
  const stride: usize = (inputs * outputs) << 2;
  for (let at: usize = (from * outputs) << 2; at < <usize>((to * outputs) << 2); at += 16) {
    for (let tap = 0; tap < 9; tap++) v128.store(dw + tap * stride + at, tapOfSums(sums + at, stride, tap / 3, tap % 3));
  }
}
