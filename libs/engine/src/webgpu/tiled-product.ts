import { lanesOf } from './tiles.js';
import type { Tile } from './tiles.js';
import { fourfold, times } from './wgsl.js';

/** Terms of its sums that a workgroup loads at once into the memory shared by its threads. */
export const slab = 16;

/** Whether four adjacent numbers in the left matrix's memory belong to one row or to one column. */
export type Neighbours = 'inRow' | 'inColumn';

export const productUniforms = 'rows : i32, columns : i32, inner : i32, parts : i32, slabs : i32,';

/** Groups of four per row in shared memory, plus one, so that threads with neighbouring rows read from different banks. */
export const rowLength = slab / 4 + 1;

/** A slab of both matrices, in memory that the threads of a workgroup share: under 16 KiB, which WebGPU guarantees everywhere, with `sharedWindows` too. */
export function sharedMemory({ rows, columns }: Tile, neighbours: Neighbours): string {
  return `var<workgroup> left : array<vec4<f32>, ${neighbours === 'inRow' ? rows * rowLength : (slab * rows) / 4}>;
  var<workgroup> right : array<vec4<f32>, ${(slab * columns) / 4}>;`;
}

/** The windows of a slab's pixels, which `tiledProduct` keeps there too if the left matrix's neighbours are in a column. */
export const sharedWindows = `var<workgroup> windows : array<vec3<i32>, ${slab}>;`;

/**
 * `put(part, row, column, sum)` for every row and each four columns, where sum = the sum over k of left[row, k] right[k, column], for
 * `parts` such products. The left matrix is made of patches (`patches.ts`); right is `rightAt(part, k, column) -> vec4<f32>`;
 * a part's sums start at `firstTerm(part)`. Each sum is computed by one thread, in the order of k.
 */
export function tiledProduct(tile: Tile, neighbours: Neighbours): string {
  const { rows, columns, deep } = tile;
  const { before, read, after, multiply } = neighbours === 'inRow' ? leftInRows(tile) : leftInColumns(tile);
  return `
  let across = lane % ${columns / 4};
  let down = lane / ${columns / 4};
  let columnTiles = (uniforms.columns + ${columns - 1}) / ${columns};
  let rowTiles = (uniforms.rows + ${rows - 1}) / ${rows};
  let part = item / (columnTiles * rowTiles);
  let firstRow = select(uniforms.rows, ((item / columnTiles) % rowTiles) * ${rows}, part < uniforms.parts);
  let firstColumn = (item % columnTiles) * ${columns};
  var k = firstTerm(part);
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  ${before}
  for (var turn = 0; turn < uniforms.slabs; turn = turn + 1) {
    ${read}
    for (var at = lane; at < ${(slab * columns) / 4}; at = at + ${lanesOf(tile)}) { right[at] = rightAt(part, k + at / ${columns / 4}, firstColumn + 4 * (at % ${columns / 4})); }
    workgroupBarrier();
    k = k + ${slab};
    ${after}
    ${multiply}
    workgroupBarrier();
  }
  ${times(deep, (i) => `put(part, firstRow + ${neighbours === 'inRow' ? `${(i * rows) / deep} + down` : `4 * (${(Math.floor(i / 4) * rows) / deep} + down) + ${i % 4}`}, firstColumn + 4 * across, sum${i});`)}`;
}

/** The parts of a tiled product that depend on the layout of the left matrix. */
interface LeftSide {
  before: string;
  /** Fills `left`. */
  read: string;
  /** Once all have read. */
  after: string;
  multiply: string;
}

/** Adds a slab's products to `sum0`, `sum1`, ..., a thread's rows `down`, `down` + rows / deep, ... of four columns, `across`; neighbours in the left matrix are in a row. */
export const multiplyRows = ({ rows, columns, deep }: Tile): string => `for (var four = 0; four < ${slab / 4}; four = four + 1) {
    ${times(4, (j) => `let b${j} = right[(4 * four + ${j}) * ${columns / 4} + across];`)}
    ${times(deep, (i) => `let a${i} = left[(${(i * rows) / deep} + down) * ${rowLength} + four]; ${fourfold(() => `sum${i}`, (component, j) => `vec4<f32>(a${i}.${component}), b${j}`)}`)}
    }`;

/** The same where they are in a column: a thread has the rows 4 `down` to 4 `down` + 3, and those 4 rows / deep further on, and so on. */
export const multiplyColumns = ({ rows, columns, deep }: Tile): string => `for (var one = 0; one < ${slab}; one = one + 1) {
    let b = right[one * ${columns / 4} + across];
    ${times(deep / 4, (i) => `let a${i} = left[one * ${rows / 4} + ${(i * rows) / deep} + down]; ${fourfold((j) => `sum${4 * i + j}`, (component) => `vec4<f32>(a${i}.${component}), b`)}`)}
    }`;

/** A row is a pixel: a thread reads the same ones in every slab, and looks up their windows once. */
function leftInRows(tile: Tile): LeftSide {
  const fours = slab / 4;
  const lanes = lanesOf(tile);
  const reads = (tile.rows * fours) / lanes;
  const row = (i: number) => `lane / ${fours} + ${(i * lanes) / fours}`;
  return {
    before: times(reads, (i) => `let window${i} = windowOf(firstRow + ${row(i)});`),
    read: `let taps = tapsOf(k + 4 * (lane % ${fours}));
    ${times(reads, (i) => `left[(${row(i)}) * ${rowLength} + lane % ${fours}] = fourAt(window${i}, taps);`)}`,
    after: '',
    multiply: multiplyRows(tile),
  };
}

/** A row is a tap's channel, the same one in every slab; k is a pixel, and one thread looks up its window for all. */
function leftInColumns(tile: Tile): LeftSide {
  const fours = tile.rows / 4;
  return {
    before: `let taps = tapsOf(firstRow + 4 * (lane % ${fours}));
  if (lane < ${slab}) { windows[lane] = windowOf(k + lane); }
  workgroupBarrier();`,
    read: `for (var at = lane; at < ${slab * fours}; at = at + ${lanesOf(tile)}) { left[at] = fourAt(windows[at / ${fours}], taps); }`,
    after: `if (lane < ${slab}) { windows[lane] = windowOf(k + lane); }`,
    multiply: multiplyColumns(tile),
  };
}
