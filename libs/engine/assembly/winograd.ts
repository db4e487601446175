import { WinogradPlan } from './layouts';
import { word } from './plan';
import { tile } from './tile';
import { betweenBytes, filterOf, inputTile, largeList, listTiles, outputTile, padded, smallList } from './winograd-tiles';

/**
 * 3 x 3 convolutions of stride 1 by Winograd's minimal filtering, F(4 x 4, 3 x 3): a tile of 4 x 4 outputs takes 36 products a pair of
 * channels where the sum over taps takes 144. y = A^T [(G w G^T) . (B^T x B)] A, and at each of a tile's 36 components the sum over channels
 * is a product of matrices. Lavin & Gray 2016 (arXiv 1509.09308), section 4; winograd-maps.ts has the matrices.
 *
 * Tiles are counted over all images and taken some at a time, so that what they become stays in the nearest caches. Driven by a plan,
 * int32 words that src/simd/winograd.ts writes. Channels are multiples of 8.
 */

/**
 * Filter [3][3][inputs][outputs] to panels [36][outputs / 8][inputs][8]; or, with channels exchanged and taps flipped both ways, for the
 * input gradient, to [36][inputs / 8][outputs][8]. Inputs [from, to).
 */
export function winogradFilter(filter: usize, inputs: i32, outputs: i32, exchanged: i32, panels: usize, from: i32, to: i32, thread: i32): void {
  const tap: usize = (inputs * outputs) << 2;
  for (let i = from; i < to; i++) {
    for (let o = 0; o < outputs; o += 4) {
      const w = filter + ((i * outputs + o) << 2);
      const at = exchanged ? panels + (((((i >> 3) * outputs + o) << 3) + (i & 7)) << 2) : panels + (((((o >> 3) * inputs + i) << 3) + (o & 4)) << 2);
      for (let component = 0; component < 36; component++) {
        const four = filterOf(w, tap, exchanged != 0, component / 6, component % 6), out = at + component * tap;
        if (!exchanged) { v128.store(out, four); continue; }
        v128.store_lane<f32>(out, four, 0);
        v128.store_lane<f32>(out, four, 1, 32);
        v128.store_lane<f32>(out, four, 2, 64);
        v128.store_lane<f32>(out, four, 3, 96);
      }
    }
  }
}

/** Tiles [from, to) of y = the convolution of x. */
export function winograd(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, WinogradPlan.x), inHeight = word(plan, WinogradPlan.inHeight), inWidth = word(plan, WinogradPlan.inWidth);
  const inputs = word(plan, WinogradPlan.inputs);
  const y: usize = word(plan, WinogradPlan.y), outHeight = word(plan, WinogradPlan.outHeight), outWidth = word(plan, WinogradPlan.outWidth);
  const outputs = word(plan, WinogradPlan.outputs);
  const panels: usize = word(plan, WinogradPlan.panels), top = word(plan, WinogradPlan.top), left = word(plan, WinogradPlan.left);
  const together = word(plan, WinogradPlan.together);
  const between: usize = word(plan, WinogradPlan.scratch) + thread * word(plan, WinogradPlan.scratchBytes), zeros = between + betweenBytes;
  const pixelIn: usize = inputs << 2, pixelOut: usize = outputs << 2;
  const dump = zeros + pixelIn, readsAt = dump + pixelOut, writesAt = readsAt + together * largeList, rowsAt = writesAt + together * smallList;
  const strideIn = padded(together * pixelIn), strideOut = padded(together * pixelOut);
  const v = rowsAt + (together << 2), m = v + 36 * strideIn;
  memory.fill(zeros, 0, pixelIn);

  for (let first = from; first < to; first += together) {
    const tiles = min(together, to - first);
    listTiles(first, tiles, x, inHeight, inWidth, pixelIn, y, outHeight, outWidth, pixelOut, top, left, zeros, dump, readsAt, writesAt);
    for (let t = 0; t < tiles; t++) {
      for (let shift: usize = 0; shift < pixelIn; shift += 16) inputTile(readsAt + t * largeList, shift, between, v + t * pixelIn + shift, strideIn);
    }
    products(v, strideIn, m, strideOut, panels, tiles, inputs, outputs, rowsAt);
    for (let t = 0; t < tiles; t++) {
      for (let shift: usize = 0; shift < pixelOut; shift += 16) outputTile(m + t * pixelOut + shift, strideOut, between, writesAt + t * smallList, shift);
    }
  }
}

/** m [36][tiles][outputs] = v [36][tiles][inputs] times panels [36][outputs / 8][inputs][8]. Tiles are computed four at a time: what lies behind the last is free. */
function products(v: usize, strideIn: usize, m: usize, strideOut: usize, panels: usize, tiles: i32, inputs: i32, outputs: i32, rowsAt: usize): void {
  const pixelIn: usize = inputs << 2, pixelOut: usize = outputs << 2;
  for (let component = 0; component < 36; component++) {
    for (let t = 0; t < ((tiles + 3) & ~3); t++) store<u32>(rowsAt + (t << 2), <u32>(v + t * pixelIn));
    for (let o = 0; o < outputs; o += 8) {
      let y = m + (o << 2);
      for (let t = 0; t < tiles; t += 4) {
        tile(rowsAt + (t << 2), 1, inputs, panels, y, y + pixelOut, y + 2 * pixelOut, y + 3 * pixelOut, 8);
        y += pixelOut << 2;
      }
      panels += inputs << 5;
    }
    v += strideIn;
    m += strideOut;
  }
}
