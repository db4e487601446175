import { multiplyAdd } from './multiply-add';
import { packPanel, tile } from './tile';

/**
 * Convolutions over NHWC images, driven by a plan: int32 words written by src/simd/convolution.ts, whose `Plan` names them.
 *
 * A pass visits a grid of places. At place (i, j), tap t reads the input pixel (i stepIn + dr[t], j stepIn + dc[t]), zero
 * outside the image, and the sum over taps and channels goes to the output pixel (start + i stepOut, start + j stepOut).
 * The forward convolution is one pass; the input gradient is one pass a phase of its stride.
 */

// @ts-ignore: decorator
@inline function word(plan: usize, i: usize): i32 { return load<i32>(plan + (i << 2)); }

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

/** Tiles that meet a panel of the filter before the next panel is read: the panels of wide layers do not fit the nearest cache. */
const tilesTogether: i32 = 8;

/** Places [from, to) of one pass, counted over all images; `from` is a multiple of 4. Each thread has work of its own behind the plan. */
export function convolve(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, 0), inHeight = word(plan, 1), inWidth = word(plan, 2), inputs = word(plan, 3);
  const records: usize = word(plan, 4), taps = word(plan, 5), panels: usize = word(plan, 6);
  const y: usize = word(plan, 7), outHeight = word(plan, 8), outWidth = word(plan, 9), outputs = word(plan, 10);
  const gridHeight = word(plan, 12), gridWidth = word(plan, 13);
  const stepInRow = word(plan, 14), stepInColumn = word(plan, 15), stepOutRow = word(plan, 16), stepOutColumn = word(plan, 17);
  const startRow = word(plan, 18), startColumn = word(plan, 19), scratch: usize = word(plan, 20) + thread * word(plan, 21);

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

/** Places i in [0, count) with 0 <= i step + offset < size: first of them. */
function firstInside(offset: i32, step: i32): i32 {
  return offset >= 0 ? 0 : (-offset + step - 1) / step;
}

/** The end of the same range. */
function endInside(offset: i32, step: i32, size: i32, count: i32): i32 {
  const room = size - 1 - offset;
  return room < 0 ? 0 : min(count, room / step + 1);
}

/**
 * dw [fh][fw][in][out] = sum over places of x times dy, for items [from, to) of four inputs of a tap, four inputs' taps side by side.
 * Places are taken some rows or images at a time, packed so that each tile of dw reads neighbouring numbers: eight outputs a panel of
 * dy, four inputs a panel of x. Unpacked, a tile uses half and a quarter of every cache line, and runs at two thirds of the speed.
 */
export function filterGradient(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, 0), images = word(plan, 1), inHeight = word(plan, 2), inWidth = word(plan, 3), inputs = word(plan, 4);
  const dy: usize = word(plan, 5), outHeight = word(plan, 6), outWidth = word(plan, 7), outputs = word(plan, 8);
  const dw: usize = word(plan, 9), filterHeight = word(plan, 10), filterWidth = word(plan, 11);
  const strideRow = word(plan, 12), strideColumn = word(plan, 13), top = word(plan, 14), left = word(plan, 15);
  const imagesTogether = word(plan, 16), rowsTogether = word(plan, 17);
  const dyPanels: usize = word(plan, 18) + thread * word(plan, 19), taps = filterHeight * filterWidth, wholeOutputs = outputs & ~7;
  edgeGradient(plan, from, to);

  for (let image = 0; image < images; image += imagesTogether) {
    const some = min(imagesTogether, images - image);
    for (let first = 0; first < outHeight; first += rowsTogether) {
      const end = min(first + rowsTogether, outHeight);
      const rowDy = outWidth << 5, imageDy = (end - first) * rowDy, xPanel = dyPanels + some * imageDy * (wholeOutputs >> 3);
      packColumns(dy + (((image * outHeight + first) * outWidth * outputs) << 2), some, outHeight * outWidth * outputs << 2, (end - first) * outWidth, outputs, dyPanels);
      const firstX = max(0, first * strideRow - top), endX = min(inHeight, (end - 1) * strideRow - top + filterHeight);
      const rowX = inWidth << 4, imageX = (endX - firstX) * rowX;
      let packed = -1;
      for (let item = from; item < to; item++) {
        const i = item / taps * 4, tap = item % taps, fr = tap / filterWidth, fc = tap % filterWidth;
        if (i + 4 > inputs) break;
        const row = max(first, firstInside(fr - top, strideRow)), rows = min(end, endInside(fr - top, strideRow, inHeight, outHeight)) - row;
        const column = firstInside(fc - left, strideColumn), columns = endInside(fc - left, strideColumn, inWidth, outWidth) - column;
        if (rows <= 0 || columns <= 0) continue;
        if (packed != i) {
          packFour(x + ((((image * inHeight + firstX) * inWidth) * inputs + i) << 2), some, inHeight * inWidth * inputs << 2, (endX - firstX) * inWidth, inputs << 2, xPanel);
          packed = i;
        }
        const fromX = xPanel + (row * strideRow + fr - top - firstX) * rowX + ((column * strideColumn + fc - left) << 4);
        let fromDy = dyPanels + (row - first) * rowDy + (column << 5), sums = dw + (((tap * inputs + i) * outputs) << 2);
        for (let o = 0; o < wholeOutputs; o += 8) {
          gradientTile(fromX, fromDy, some, rows, columns, strideColumn << 4, strideRow * rowX, imageX, rowDy, imageDy, sums, outputs << 2);
          fromDy += some * imageDy;
          sums += 32;
        }
      }
    }
  }
}

/** [images][pixels][channels] to panels [channels / 8][images][pixels][8], what is left of the channels over. */
function packColumns(from: usize, images: i32, imageBytes: i32, pixels: i32, channels: i32, to: usize): void {
  const pixelBytes = channels << 2;
  for (let c = 0; c + 8 <= channels; c += 8) {
    for (let n = 0; n < images; n++) {
      let pixel = from + n * imageBytes + (c << 2);
      for (const end = to + (pixels << 5); to < end; to += 32) {
        v128.store(to, v128.load(pixel));
        v128.store(to, v128.load(pixel, 16), 16);
        pixel += pixelBytes;
      }
    }
  }
}

/** Four channels of [images][pixels][channels] to [images][pixels][4]. */
function packFour(from: usize, images: i32, imageBytes: i32, pixels: i32, pixelBytes: i32, to: usize): void {
  for (let n = 0; n < images; n++) {
    let pixel = from + n * imageBytes;
    for (const end = to + (pixels << 4); to < end; to += 16) {
      v128.store(to, v128.load(pixel));
      pixel += pixelBytes;
    }
  }
}

/** Four inputs by eight outputs of packed numbers. */
function gradientTile(
  x: usize, dy: usize, images: i32, rows: i32, columns: i32, stepX: i32, rowX: i32, imageX: i32, rowDy: i32, imageDy: i32, dw: usize, rowDw: i32,
): void {
  const w1 = dw + rowDw, w2 = w1 + rowDw, w3 = w2 + rowDw, columnBytes = columns << 5;
  let c00 = v128.load(dw), c01 = v128.load(dw, 16), c10 = v128.load(w1), c11 = v128.load(w1, 16);
  let c20 = v128.load(w2), c21 = v128.load(w2, 16), c30 = v128.load(w3), c31 = v128.load(w3, 16);
  for (let n = 0; n < images; n++) {
    let rowA = x, rowB = dy;
    for (let r = 0; r < rows; r++) {
      let a = rowA, b = rowB;
      const end = b + columnBytes;
      while (b < end) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        const a0 = v128.load32_splat(a);
        c00 = multiplyAdd(a0, b0, c00);
        c01 = multiplyAdd(a0, b1, c01);
        const a1 = v128.load32_splat(a, 4);
        c10 = multiplyAdd(a1, b0, c10);
        c11 = multiplyAdd(a1, b1, c11);
        const a2 = v128.load32_splat(a, 8);
        c20 = multiplyAdd(a2, b0, c20);
        c21 = multiplyAdd(a2, b1, c21);
        const a3 = v128.load32_splat(a, 12);
        c30 = multiplyAdd(a3, b0, c30);
        c31 = multiplyAdd(a3, b1, c31);
        a += stepX;
        b += 32;
      }
      rowA += rowX;
      rowB += rowDy;
    }
    x += imageX;
    dy += imageDy;
  }
  v128.store(dw, c00); v128.store(dw, c01, 16); v128.store(w1, c10); v128.store(w1, c11, 16);
  v128.store(w2, c20); v128.store(w2, c21, 16); v128.store(w3, c30); v128.store(w3, c31, 16);
}

/** The same items' sums set to zero, and then, image by image, the sums that no tile of four inputs by eight outputs holds. */
function edgeGradient(plan: usize, from: i32, to: i32): void {
  const x: usize = word(plan, 0), images = word(plan, 1), inHeight = word(plan, 2), inWidth = word(plan, 3), inputs = word(plan, 4);
  const dy: usize = word(plan, 5), outHeight = word(plan, 6), outWidth = word(plan, 7), outputs = word(plan, 8);
  const dw: usize = word(plan, 9), filterHeight = word(plan, 10), filterWidth = word(plan, 11);
  const strideRow = word(plan, 12), strideColumn = word(plan, 13), top = word(plan, 14), left = word(plan, 15);

  const taps = filterHeight * filterWidth;
  for (let item = from; item < to; item++) {
    const i = item / taps * 4, some = min(4, inputs - i), tap = item % taps, fr = tap / filterWidth, fc = tap % filterWidth;
    const sums = dw + (((tap * inputs + i) * outputs) << 2);
    memory.fill(sums, 0, (some * outputs) << 2);
    if (some == 4 && (outputs & 7) == 0) continue;
    const row = firstInside(fr - top, strideRow), rows = endInside(fr - top, strideRow, inHeight, outHeight) - row;
    const column = firstInside(fc - left, strideColumn), columns = endInside(fc - left, strideColumn, inWidth, outWidth) - column;
    if (columns <= 0) continue;
    for (let b = 0; b < images; b++) {
      const fromX = x + ((((b * inHeight + row * strideRow + fr - top) * inWidth + column * strideColumn + fc - left) * inputs + i) << 2);
      const fromDy = dy + ((((b * outHeight + row) * outWidth + column) * outputs) << 2);
      tapEdges(fromX, fromDy, rows, columns, some, outputs, strideColumn * inputs << 2, strideRow * inWidth * inputs << 2, outWidth * outputs << 2, sums);
    }
  }
}

/** dw [inputs][outputs] += sum over rows x columns places, for one tap of one image and up to four inputs. Steps in bytes. */
function tapEdges(x: usize, dy: usize, rows: i32, columns: i32, inputs: i32, outputs: i32, stepX: i32, rowX: i32, rowDy: i32, dw: usize): void {
  const stepDy = outputs << 2;
  if (inputs == 4) {
    for (let o = outputs & ~7; o < outputs; o++) gradientColumn(x, dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + (o << 2), stepDy);
    return;
  }
  for (let i = 0; i < inputs; i++) {
    let o = 0;
    for (; o + 4 <= outputs; o += 4) gradientRow(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2));
    for (; o < outputs; o++) gradientNumber(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2));
  }
}

/** Four inputs by one output. */
function gradientColumn(x: usize, dy: usize, rows: i32, columns: i32, stepX: i32, stepDy: i32, rowX: i32, rowDy: i32, dw: usize, rowDw: i32): void {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let a = x, b = dy;
    for (const end = x + columns * stepX; a < end; a += stepX) {
      sum = multiplyAdd(v128.load(a), v128.load32_splat(b), sum);
      b += stepDy;
    }
    x += rowX;
    dy += rowDy;
  }
  store<f32>(dw, load<f32>(dw) + f32x4.extract_lane(sum, 0)); dw += rowDw;
  store<f32>(dw, load<f32>(dw) + f32x4.extract_lane(sum, 1)); dw += rowDw;
  store<f32>(dw, load<f32>(dw) + f32x4.extract_lane(sum, 2)); dw += rowDw;
  store<f32>(dw, load<f32>(dw) + f32x4.extract_lane(sum, 3));
}

/** One input by four outputs. */
function gradientRow(x: usize, dy: usize, rows: i32, columns: i32, stepX: i32, stepDy: i32, rowX: i32, rowDy: i32, dw: usize): void {
  let sum = v128.load(dw);
  for (let r = 0; r < rows; r++) {
    let a = x, b = dy;
    for (const end = x + columns * stepX; a < end; a += stepX) {
      sum = multiplyAdd(v128.load32_splat(a), v128.load(b), sum);
      b += stepDy;
    }
    x += rowX;
    dy += rowDy;
  }
  v128.store(dw, sum);
}

/** One input by one output. */
function gradientNumber(x: usize, dy: usize, rows: i32, columns: i32, stepX: i32, stepDy: i32, rowX: i32, rowDy: i32, dw: usize): void {
  let sum = load<f32>(dw);
  for (let r = 0; r < rows; r++) {
    let a = x, b = dy;
    for (const end = x + columns * stepX; a < end; a += stepX) {
      sum += load<f32>(a) * load<f32>(b);
      b += stepDy;
    }
    x += rowX;
    dy += rowDy;
  }
  store<f32>(dw, sum);
}
