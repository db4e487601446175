/**
 * A blocked float64 matrix product after Goto & van de Geijn (2008), "Anatomy of high-performance matrix
 * multiplication". Blocks of either factor are packed so that the inner loop reads consecutive memory that stays in a core's caches.
 */

/** Bytes of a number. */
const size = 8;
/** Rows and columns of the inner loop's tile: eight accumulators, the most that V8 keeps in registers. */
const tileSide = 4;
/** A packed block of a, 128 KiB. */
const blockRows = 64;
/** A packed block of b, 1 MiB. */
const blockColumns = 512;
const blockDepth = 256;
/** Where the packed blocks lie: below `memoryStart`, which the caller leaves to this module. */
const packedA: usize = 1024;
const packedB: usize = packedA + blockRows * blockDepth * size;
const dump: usize = packedB + blockColumns * blockDepth * size;

/** The first address that belongs to the caller. */
export function memoryStart(): usize {
  return dump + tileSide * tileSide * size;
}

/**
 * c += sign a b with c [rows,columns], a [rows,depth], b [depth,columns]. Addresses in bytes, steps in numbers; c's columns are adjacent.
 * Every entry of c is the sum of its products in the order of depth, 256 at a time.
 */
export function addProduct(
  c: usize, rowC: i32, rows: i32, columns: i32, depth: i32, sign: f64,
  a: usize, rowA: i32, depthA: i32, b: usize, depthB: i32, columnB: i32,
): void {
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    for (let k = 0; k < depth; k += blockDepth) {
      const deep = min(blockDepth, depth - k);
      pack(b + (k * depthB + column * columnB) * size, columnB, width, depthB, deep, packedB);
      for (let row = 0; row < rows; row += blockRows) {
        const height = min(blockRows, rows - row);
        pack(a + (row * rowA + k * depthA) * size, rowA, height, depthA, deep, packedA);
        multiplyBlock(c + (row * rowC + column) * size, rowC, height, width, deep, sign);
      }
    }
  }
}

/** Copies vectors to strips [depth][4] of four of them; vectors past the last are zero. */
function pack(from: usize, step: i32, count: i32, depthStep: i32, depth: i32, to: usize): void {
  const bytes = <usize>(depthStep * size);
  for (let first = 0; first < count; first += tileSide, to += depth * tileSide * size) {
    const present = min(tileSide, count - first), start = from + first * step * size;
    if (step == 1 && present == tileSide) {
      packAdjacent(start, bytes, depth, to);
      continue;
    }
    for (let lane = 0; lane < tileSide; lane++) {
      let source = start + lane * step * size, target = to + lane * size;
      for (let k = 0; k < depth; k++, target += tileSide * size, source += bytes) store<f64>(target, lane < present ? load<f64>(source) : 0);
    }
  }
}

/** Four vectors whose numbers lie side by side. */
function packAdjacent(from: usize, bytes: usize, depth: i32, to: usize): void {
  for (let k = 0; k < depth; k++, from += bytes, to += tileSide * size) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** c += sign times the product of the packed blocks. */
function multiplyBlock(c: usize, rowC: i32, rows: i32, columns: i32, depth: i32, sign: f64): void {
  const strip = depth * tileSide * size;
  for (let column = 0, b = packedB; column < columns; column += tileSide, b += strip) {
    for (let row = 0, a = packedA; row < rows; row += tileSide, a += strip) {
      const at = c + (row * rowC + column) * size;
      if (row + tileSide <= rows && column + tileSide <= columns) addTile(at, rowC * size, a, b, depth, sign);
      else addPart(at, rowC, min(tileSide, rows - row), min(tileSide, columns - column), a, b, depth, sign);
    }
  }
}

/** c [4,4] += sign times the product of two strips; c's rows lie `rowBytes` apart. */
function addTile(c: usize, rowBytes: usize, a: usize, b: usize, depth: i32, sign: f64): void {
  let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (const end = a + depth * tileSide * size; a < end; a += tileSide * size, b += tileSide * size) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(a0, b0));
    c01 = f64x2.add(c01, f64x2.mul(a0, b1));
    const a1 = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(a1, b0));
    c11 = f64x2.add(c11, f64x2.mul(a1, b1));
    const a2 = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(a2, b0));
    c21 = f64x2.add(c21, f64x2.mul(a2, b1));
    const a3 = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(a3, b0));
    c31 = f64x2.add(c31, f64x2.mul(a3, b1));
  }
  const scale = f64x2.splat(sign);
  addRow(c, scale, c00, c01);
  addRow(c + rowBytes, scale, c10, c11);
  addRow(c + 2 * rowBytes, scale, c20, c21);
  addRow(c + 3 * rowBytes, scale, c30, c31);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addRow(c: usize, scale: v128, low: v128, high: v128): void {
  v128.store(c, f64x2.add(v128.load(c), f64x2.mul(scale, low)));
  v128.store(c, f64x2.add(v128.load(c, 16), f64x2.mul(scale, high)), 16);
}

/** `addTile` at an edge: only the first rows and columns are c's. */
function addPart(c: usize, rowC: i32, rows: i32, columns: i32, a: usize, b: usize, depth: i32, sign: f64): void {
  memory.fill(dump, 0, tileSide * tileSide * size);
  addTile(dump, tileSide * size, a, b, depth, sign);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + (i * rowC + j) * size;
      store<f64>(at, load<f64>(at) + load<f64>(dump + (i * tileSide + j) * size));
    }
  }
}
