import { ConvolvePlan, KernelSize } from './layouts';
import { word } from './plan';
import { packPanel, tile } from './tile';

/**
 * Convolutions over NHWC images, driven by a plan, int32 words that src/simd/convolution.ts writes.
 *
 * A pass visits a grid of positions. At position (i, j), tap t reads the input pixel (i stepIn + dr[t], j stepIn + dc[t]), zero
 * outside the image, and the sum over taps and channels goes to the output pixel (start + i stepOut, start + j stepOut).
 * The forward convolution is one pass; the input gradient is one pass a phase of its stride.
 */

/** Filter [taps][in][out] to panels [out / 8][tap][in][8], for the taps listed (tap records are dr, dc, index). */
export function packFilter(filter: usize, records: usize, taps: i32, inputs: i32, outputs: i32, panels: usize): void {
  for (let o = 0; o < outputs; o += 8) {
    for (let t = 0; t < taps; t++) {
      const from = filter + ((load<i32>(records + t * 12, 8) * inputs * outputs + o) << 2);
      panels = packPanel(from, outputs, 1, inputs, min(8, outputs - o), panels);
    }
  }
}

/** The same filter with its channels exchanged, for the input gradient: panels [in / 8][tap][out][8]. */
export function packFilterExchanged(filter: usize, records: usize, taps: i32, inputs: i32, outputs: i32, panels: usize): void {
  for (let i = 0; i < inputs; i += 8) {
    for (let t = 0; t < taps; t++) {
      const from = filter + (((load<i32>(records + t * 12, 8) * inputs + i) * outputs) << 2);
      panels = packPanel(from, 1, outputs, outputs, min(8, inputs - i), panels);
    }
  }
}

/** Tiles that meet a panel of the filter before the next panel is read. */
const tilesTogether: i32 = KernelSize.tilesTogether;

/** Positions [from, to) of one pass, counted over all images; `from` is a multiple of 4. Each thread has work of its own behind the plan. */
export function convolve(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, ConvolvePlan.x), inHeight = word(plan, ConvolvePlan.inHeight), inWidth = word(plan, ConvolvePlan.inWidth);
  const inputs = word(plan, ConvolvePlan.inputs);
  const records: usize = word(plan, ConvolvePlan.records), taps = word(plan, ConvolvePlan.taps);
  const panels: usize = word(plan, ConvolvePlan.panels);
  const y: usize = word(plan, ConvolvePlan.y), outHeight = word(plan, ConvolvePlan.outHeight), outWidth = word(plan, ConvolvePlan.outWidth);
  const outputs = word(plan, ConvolvePlan.outputs);
  const gridHeight = word(plan, ConvolvePlan.gridHeight), gridWidth = word(plan, ConvolvePlan.gridWidth);
  const stepInRow = word(plan, ConvolvePlan.stepInRow), stepInColumn = word(plan, ConvolvePlan.stepInColumn);
  const stepOutRow = word(plan, ConvolvePlan.stepOutRow), stepOutColumn = word(plan, ConvolvePlan.stepOutColumn);
  const startRow = word(plan, ConvolvePlan.startRow), startColumn = word(plan, ConvolvePlan.startColumn);
  const scratch: usize = word(plan, ConvolvePlan.scratch) + thread * word(plan, ConvolvePlan.scratchBytes);

  // scratch: zeros for taps outside the image; a row to write what no pixel wants; where each tile writes, and where its taps read
  const zeros = scratch;
  const dump = zeros + ((((inputs + 3) & ~3)) << 2);
  const outputsAt = dump + ((((outputs + 7) & ~7)) << 2);
  const rowsAt = outputsAt + (tilesTogether << 4);
  memory.fill(zeros, 0, dump - zeros);

  const panelBytes = (taps * inputs) << 5, listBytes = taps << 4;
  const imageBytes = (inHeight * inWidth * inputs) << 2;
  const recordsEnd = records + taps * 12;
  let image = from / (gridHeight * gridWidth), i = from / gridWidth % gridHeight, j = from % gridWidth;

  for (let m = from; m < to;) {
    let list = rowsAt, listedTo = outputsAt;
    for (const last = min(m + 4 * tilesTogether, to); m < last; m += 4) {
      let x0 = x, x1 = x, x2 = x, x3 = x, r0 = -(1 << 20), r1 = r0, r2 = r0, r3 = r0, c0 = 0, c1 = 0, c2 = 0, c3 = 0;
      let y0 = dump, y1 = dump, y2 = dump, y3 = dump;
      for (let p = 0; p < 4 && m + p < last; p++) {
        const base = x + image * imageBytes, row = i * stepInRow, column = j * stepInColumn;
        const at = y + ((((image * outHeight + startRow + i * stepOutRow) * outWidth + startColumn + j * stepOutColumn) * outputs) << 2);
        if (p == 0) { x0 = base; r0 = row; c0 = column; y0 = at; }
        else if (p == 1) { x1 = base; r1 = row; c1 = column; y1 = at; }
        else if (p == 2) { x2 = base; r2 = row; c2 = column; y2 = at; }
        else { x3 = base; r3 = row; c3 = column; y3 = at; }
        if (++j == gridWidth) { j = 0; if (++i == gridHeight) { i = 0; image++; } }
      }
      store<u32>(listedTo, <u32>y0); store<u32>(listedTo, <u32>y1, 4); store<u32>(listedTo, <u32>y2, 8); store<u32>(listedTo, <u32>y3, 12);
      listedTo += 16;
      for (let record = records; record < recordsEnd; record += 12) {
        const dr = load<i32>(record), dc = load<i32>(record, 4);
        store<u32>(list, <u32>pixel(x0, r0 + dr, c0 + dc, inHeight, inWidth, inputs, zeros));
        store<u32>(list, <u32>pixel(x1, r1 + dr, c1 + dc, inHeight, inWidth, inputs, zeros), 4);
        store<u32>(list, <u32>pixel(x2, r2 + dr, c2 + dc, inHeight, inWidth, inputs, zeros), 8);
        store<u32>(list, <u32>pixel(x3, r3 + dr, c3 + dc, inHeight, inWidth, inputs, zeros), 12);
        list += 16;
      }
    }

    let panel = panels;
    for (let o = 0; o < outputs; o += 8) {
      const shift = o << 2;
      let rows = rowsAt;
      for (let at = outputsAt; at < listedTo; at += 16) {
        const y0: usize = load<u32>(at), y1: usize = load<u32>(at, 4), y2: usize = load<u32>(at, 8), y3: usize = load<u32>(at, 12);
        tile(rows, taps, inputs, panel, y0 + shift, y1 + shift, y2 + shift, y3 + shift, outputs - o);
        rows += listBytes;
      }
      panel += panelBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel(base: usize, row: i32, column: i32, height: i32, width: i32, channels: i32, zeros: usize): usize {
  if (<u32>row >= <u32>height || <u32>column >= <u32>width) return zeros;
  return base + (((row * width + column) * channels) << 2);
}
