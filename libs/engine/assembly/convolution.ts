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

/** One pass. */
export function convolve(plan: usize): void {
  const x: usize = word(plan, 0), inHeight = word(plan, 1), inWidth = word(plan, 2), inputs = word(plan, 3);
  const records: usize = word(plan, 4), taps = word(plan, 5), panels: usize = word(plan, 6);
  const y: usize = word(plan, 7), outHeight = word(plan, 8), outWidth = word(plan, 9), outputs = word(plan, 10);
  const images = word(plan, 11), gridHeight = word(plan, 12), gridWidth = word(plan, 13);
  const stepInRow = word(plan, 14), stepInColumn = word(plan, 15), stepOutRow = word(plan, 16), stepOutColumn = word(plan, 17);
  const startRow = word(plan, 18), startColumn = word(plan, 19), scratch: usize = word(plan, 20);

  // scratch: zeros for taps outside the image; a row to write what no pixel wants; the addresses the taps read from
  const zeros = scratch;
  const dump = zeros + ((((inputs + 3) & ~3)) << 2);
  const rowsAt = dump + ((((outputs + 7) & ~7)) << 2);
  memory.fill(zeros, 0, dump - zeros);

  const panelBytes = (taps * inputs) << 5;
  const imageBytes = (inHeight * inWidth * inputs) << 2;
  const rows = images * gridHeight * gridWidth;
  const recordsEnd = records + taps * 12;
  let image = 0, i = 0, j = 0;

  for (let m = 0; m < rows; m += 4) {
    let x0 = x, x1 = x, x2 = x, x3 = x, r0 = -(1 << 20), r1 = r0, r2 = r0, r3 = r0, c0 = 0, c1 = 0, c2 = 0, c3 = 0;
    let y0 = dump, y1 = dump, y2 = dump, y3 = dump;
    for (let p = 0; p < 4 && m + p < rows; p++) {
      const base = x + image * imageBytes, row = i * stepInRow, column = j * stepInColumn;
      const to = y + ((((image * outHeight + startRow + i * stepOutRow) * outWidth + startColumn + j * stepOutColumn) * outputs) << 2);
      if (p == 0) { x0 = base; r0 = row; c0 = column; y0 = to; }
      else if (p == 1) { x1 = base; r1 = row; c1 = column; y1 = to; }
      else if (p == 2) { x2 = base; r2 = row; c2 = column; y2 = to; }
      else { x3 = base; r3 = row; c3 = column; y3 = to; }
      if (++j == gridWidth) { j = 0; if (++i == gridHeight) { i = 0; image++; } }
    }

    let to = rowsAt;
    for (let record = records; record < recordsEnd; record += 12) {
      const dr = load<i32>(record), dc = load<i32>(record, 4);
      store<u32>(to, <u32>pixel(x0, r0 + dr, c0 + dc, inHeight, inWidth, inputs, zeros));
      store<u32>(to, <u32>pixel(x1, r1 + dr, c1 + dc, inHeight, inWidth, inputs, zeros), 4);
      store<u32>(to, <u32>pixel(x2, r2 + dr, c2 + dc, inHeight, inWidth, inputs, zeros), 8);
      store<u32>(to, <u32>pixel(x3, r3 + dr, c3 + dc, inHeight, inWidth, inputs, zeros), 12);
      to += 16;
    }

    let panel = panels;
    for (let o = 0; o < outputs; o += 8) {
      const shift = o << 2;
      tile(rowsAt, taps, inputs, panel, y0 + shift, y1 + shift, y2 + shift, y3 + shift, outputs - o);
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
 * dw [fh][fw][in][out] = sum over places of x times dy. Images are taken a few at a time, so that those numbers stay in the
 * nearest cache while every tile of dw passes over them.
 */
export function filterGradient(plan: usize): void {
  const x: usize = word(plan, 0), images = word(plan, 1), inHeight = word(plan, 2), inWidth = word(plan, 3), inputs = word(plan, 4);
  const dy: usize = word(plan, 5), outHeight = word(plan, 6), outWidth = word(plan, 7), outputs = word(plan, 8);
  const dw: usize = word(plan, 9), filterHeight = word(plan, 10), filterWidth = word(plan, 11);
  const strideRow = word(plan, 12), strideColumn = word(plan, 13), top = word(plan, 14), left = word(plan, 15);

  memory.fill(dw, 0, (filterHeight * filterWidth * inputs * outputs) << 2);
  const together = max(1, 256 / (outHeight * outWidth));
  for (let image = 0; image < images; image += together) {
    const last = min(images, image + together);
    let to = dw;
    for (let fr = 0; fr < filterHeight; fr++) {
      const row = firstInside(fr - top, strideRow), rowEnd = endInside(fr - top, strideRow, inHeight, outHeight);
      for (let fc = 0; fc < filterWidth; fc++) {
        const column = firstInside(fc - left, strideColumn), columnEnd = endInside(fc - left, strideColumn, inWidth, outWidth);
        const columns = columnEnd - column;
        if (columns > 0) {
          for (let b = image; b < last; b++) {
            const fromX = x + (((b * inHeight + row * strideRow + fr - top) * inWidth + column * strideColumn + fc - left) * inputs << 2);
            const fromDy = dy + (((b * outHeight + row) * outWidth + column) * outputs << 2);
            tapGradient(fromX, fromDy, rowEnd - row, columns, inputs, outputs,
              strideColumn * inputs << 2, strideRow * inWidth * inputs << 2, outWidth * outputs << 2, to);
          }
        }
        to += inputs * outputs << 2;
      }
    }
  }
}

/** dw [in][out] += sum over rows x columns places, for one tap of one image. Steps in bytes. */
function tapGradient(x: usize, dy: usize, rows: i32, columns: i32, inputs: i32, outputs: i32, stepX: i32, rowX: i32, rowDy: i32, dw: usize): void {
  const stepDy = outputs << 2;
  let i = 0;
  for (; i + 4 <= inputs; i += 4) {
    let o = 0;
    for (; o + 8 <= outputs; o += 8) {
      gradientTile(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2), outputs << 2);
    }
    for (; o < outputs; o++) {
      gradientColumn(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2), outputs << 2);
    }
  }
  for (; i < inputs; i++) {
    let o = 0;
    for (; o + 4 <= outputs; o += 4) {
      gradientRow(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2));
    }
    for (; o < outputs; o++) {
      gradientNumber(x + (i << 2), dy + (o << 2), rows, columns, stepX, stepDy, rowX, rowDy, dw + ((i * outputs + o) << 2));
    }
  }
}

/** Four inputs by eight outputs. */
function gradientTile(x: usize, dy: usize, rows: i32, columns: i32, stepX: i32, stepDy: i32, rowX: i32, rowDy: i32, dw: usize, rowDw: i32): void {
  const w1 = dw + rowDw, w2 = w1 + rowDw, w3 = w2 + rowDw;
  let c00 = v128.load(dw), c01 = v128.load(dw, 16), c10 = v128.load(w1), c11 = v128.load(w1, 16);
  let c20 = v128.load(w2), c21 = v128.load(w2, 16), c30 = v128.load(w3), c31 = v128.load(w3, 16);
  for (let r = 0; r < rows; r++) {
    let a = x, b = dy;
    for (const end = x + columns * stepX; a < end; a += stepX) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const a0 = v128.load32_splat(a);
      c00 = f32x4.add(c00, f32x4.mul(a0, b0));
      c01 = f32x4.add(c01, f32x4.mul(a0, b1));
      const a1 = v128.load32_splat(a, 4);
      c10 = f32x4.add(c10, f32x4.mul(a1, b0));
      c11 = f32x4.add(c11, f32x4.mul(a1, b1));
      const a2 = v128.load32_splat(a, 8);
      c20 = f32x4.add(c20, f32x4.mul(a2, b0));
      c21 = f32x4.add(c21, f32x4.mul(a2, b1));
      const a3 = v128.load32_splat(a, 12);
      c30 = f32x4.add(c30, f32x4.mul(a3, b0));
      c31 = f32x4.add(c31, f32x4.mul(a3, b1));
      b += stepDy;
    }
    x += rowX;
    dy += rowDy;
  }
  v128.store(dw, c00); v128.store(dw, c01, 16); v128.store(w1, c10); v128.store(w1, c11, 16);
  v128.store(w2, c20); v128.store(w2, c21, 16); v128.store(w3, c30); v128.store(w3, c31, 16);
}

/** Four inputs by one output. */
function gradientColumn(x: usize, dy: usize, rows: i32, columns: i32, stepX: i32, stepDy: i32, rowX: i32, rowDy: i32, dw: usize, rowDw: i32): void {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let a = x, b = dy;
    for (const end = x + columns * stepX; a < end; a += stepX) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load32_splat(b)));
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
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a), v128.load(b)));
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
