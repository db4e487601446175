import { FilterGradientPlan } from './layouts';
import { multiplyAdd } from './multiply-add';
import { word } from './plan';

/** Positions i in [0, count) with 0 <= i step + offset < size: first of them. */
function firstInside(offset: i32, step: i32): i32 {
  return offset >= 0 ? 0 : (-offset + step - 1) / step;
}

/** The end of the same range. */
function endInside(offset: i32, step: i32, size: i32, count: i32): i32 {
  const room = size - 1 - offset;
  return room < 0 ? 0 : min(count, room / step + 1);
}

/**
 * dw [fh][fw][in][out] = sum over positions of x times dy, for items [from, to) of four inputs of a tap, four inputs' taps side by side.
 * Positions are taken some rows or images at a time, packed so that each tile of dw reads neighbouring numbers: eight outputs a panel of
 * dy, four inputs a panel of x. Unpacked, a tile uses half and a quarter of every cache line, and runs at two thirds of the speed.
 */
export function filterGradient(plan: usize, from: i32, to: i32, thread: i32): void {
  const x: usize = word(plan, FilterGradientPlan.x), images = word(plan, FilterGradientPlan.images);
  const inHeight = word(plan, FilterGradientPlan.inHeight), inWidth = word(plan, FilterGradientPlan.inWidth);
  const inputs = word(plan, FilterGradientPlan.inputs);
  const dy: usize = word(plan, FilterGradientPlan.dy), outHeight = word(plan, FilterGradientPlan.outHeight);
  const outWidth = word(plan, FilterGradientPlan.outWidth), outputs = word(plan, FilterGradientPlan.outputs);
  const dw: usize = word(plan, FilterGradientPlan.dw), filterHeight = word(plan, FilterGradientPlan.filterHeight);
  const filterWidth = word(plan, FilterGradientPlan.filterWidth);
  const strideRow = word(plan, FilterGradientPlan.strideRow), strideColumn = word(plan, FilterGradientPlan.strideColumn);
  const top = word(plan, FilterGradientPlan.top), left = word(plan, FilterGradientPlan.left);
  const imagesTogether = word(plan, FilterGradientPlan.imagesTogether), rowsTogether = word(plan, FilterGradientPlan.rowsTogether);
  const dyPanels: usize = word(plan, FilterGradientPlan.scratch) + thread * word(plan, FilterGradientPlan.scratchBytes);
  const taps = filterHeight * filterWidth, wholeOutputs = outputs & ~7;
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

/** dw [4][8] += x^T dy over packed numbers, x four inputs and dy eight outputs at a position. Steps in bytes. */
export function gradientTile(
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
  const x: usize = word(plan, FilterGradientPlan.x), images = word(plan, FilterGradientPlan.images);
  const inHeight = word(plan, FilterGradientPlan.inHeight), inWidth = word(plan, FilterGradientPlan.inWidth);
  const inputs = word(plan, FilterGradientPlan.inputs);
  const dy: usize = word(plan, FilterGradientPlan.dy), outHeight = word(plan, FilterGradientPlan.outHeight);
  const outWidth = word(plan, FilterGradientPlan.outWidth), outputs = word(plan, FilterGradientPlan.outputs);
  const dw: usize = word(plan, FilterGradientPlan.dw), filterHeight = word(plan, FilterGradientPlan.filterHeight);
  const filterWidth = word(plan, FilterGradientPlan.filterWidth);
  const strideRow = word(plan, FilterGradientPlan.strideRow), strideColumn = word(plan, FilterGradientPlan.strideColumn);
  const top = word(plan, FilterGradientPlan.top), left = word(plan, FilterGradientPlan.left);

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

/** dw [inputs][outputs] += sum over rows x columns positions, for one tap of one image and up to four inputs. Steps in bytes. */
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
