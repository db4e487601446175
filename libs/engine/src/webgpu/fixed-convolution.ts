import type { Program } from './program.js';
import { family } from './program.js';

/**
 * Convolutions whose shape is written into their code, so that a term's place in the image needs no division and no look-up:
 * on an H100 about twice as fast as `convolve`, which takes any shape. Each shape is compiled separately; the number of images is free.
 */

/** [height, width]. */
type Pair = readonly [number, number];

/** What a convolution reads and writes, but for the number of images; see `Windows`. */
export interface FixedShape {
  channels: number;
  columns: number;
  taps: Pair;
  read: Pair;
  grid: Pair;
  step: Pair;
  before: Pair;
  written: Pair;
  stride: Pair;
  shift: Pair;
}

/** Channels of one tap that a workgroup loads at once. */
const slab = 16;
const fours = slab / 4;
/** Groups of four per row in shared memory, plus one, so that threads with neighbouring rows read from different banks. */
const rowLength = fours + 1;
/** Rows of a thread, which has four columns. */
const deep = 8;

/** Whether slabs and tiles come out even. */
export const canBeFixed = ({ channels, columns }: FixedShape): boolean => channels % slab === 0 && columns % 32 === 0;

/** With fewer workgroups than this, parts of a large GPU would be idle. */
const busy = 256;
/** Images of a usual batch: what a sum's order depends on may not depend on the batch itself. */
const usualBatch = 64;

const tileOf = ({ columns }: FixedShape) => (columns % 64 === 0 ? { rows: 64, columns: 64 } : { rows: 128, columns: 32 });

const product = ([a, b]: Pair): number => a * b;

/** Into how many shares a sum over taps and channels is divided, each computed by a workgroup of its own. */
export function sharesOf(shape: FixedShape): number {
  const { rows, columns } = tileOf(shape);
  const tiles = Math.ceil((usualBatch * product(shape.grid)) / rows) * (shape.columns / columns) * product(shape.stride);
  const slabs = product(shape.taps) * (shape.channels / slab);
  return [1, 2, 4].find((shares) => tiles * shares >= busy || slabs / (2 * shares) < 4) ?? 4;
}

/** Workgroups for so many images. */
export function workgroupsOf(shape: FixedShape, images: number): number {
  const { rows, columns } = tileOf(shape);
  return Math.ceil((images * product(shape.grid)) / rows) * (shape.columns / columns) * product(shape.stride) * sharesOf(shape);
}

const times = (count: number, of: (i: number) => string): string => Array.from({ length: count }, (_, i) => of(i)).join('\n  ');
const pair = ([y, x]: Pair): string => `vec2<i32>(${y}, ${x})`;

/** y as `convolve` computes it, or, if a sum is divided into shares, [shares][y] to be added. */
export const convolveFixed = family((shape: FixedShape): Program => {
  const { channels, columns, taps, read, grid, step, before, written, stride, shift } = shape;
  const tile = tileOf(shape);
  const lanes = (tile.rows * tile.columns) / (4 * deep);
  const [across, tilesAcross] = [tile.columns / 4, columns / tile.columns];
  const [parts, shares] = [product(stride), sharesOf(shape)];
  const slabsOfTap = channels / slab;
  const slabs = product(taps) * slabsOfTap;
  const slabsOfShare = Math.ceil(slabs / shares);
  const [lefts, rights] = [(tile.rows * fours) / lanes, (slab * across) / lanes];
  const rowOf = (i: number) => `lane / ${fours} + ${(i * lanes) / fours}`;
  // the next slab's numbers are on their way while this one's are multiplied
  const fetch = (next: string) => `{
    let tap = (${next}) / ${slabsOfTap};
    let offset = vec2<i32>(tap / ${taps[1]}, tap % ${taps[1]});
    let first = ((${next}) % ${slabsOfTap}) * ${fours} + four;
    ${times(lefts, (i) => `left${i} = pixelsAt(window${i}, offset, first);`)}
    ${times(rights, (i) => `right${i} = weights[(part * ${slabs * slab} + (${next}) * ${slab} + (lane + ${i * lanes}) / ${across}) * ${columns / 4} + firstColumn / 4 + (lane + ${i * lanes}) % ${across}];`)}
  }`;
  return {
    name: `convolve_fixed_${JSON.stringify(Object.values(shape))}`,
    inputs: ['x', 'weights'],
    vectors: ['x', 'weights', 'result'],
    lanes,
    uniforms: 'rows : i32,',
    declarations: `var<workgroup> left : array<vec4<f32>, ${tile.rows * rowLength}>;
  var<workgroup> right : array<vec4<f32>, ${slab * across}>;

  // (image, y, x) of a row
  fn positionOf(row : i32) -> vec3<i32> { return vec3<i32>(row / ${product(grid)}, (row / ${grid[1]}) % ${grid[0]}, row % ${grid[1]}); }

  // (the image's first four numbers, first y, first x) that a row's window reads; far outside if there is no such row
  fn windowOf(row : i32) -> vec3<i32> {
    let position = positionOf(row);
    let first = position.yz * ${pair(step)} - ${pair(before)};
    return vec3<i32>(position.x * ${(product(read) * channels) / 4}, select(-1000000, first.x, row < uniforms.rows), first.y);
  }

  fn pixelsAt(window : vec3<i32>, offset : vec2<i32>, channel : i32) -> vec4<f32> {
    let at = window.yz + offset;
    if (any(at < vec2<i32>(0)) || any(at >= ${pair(read)})) { return vec4<f32>(0.0); }
    return x[window.x + (at.x * ${read[1]} + at.y) * ${channels / 4} + channel];
  }

  fn put(part : i32, share : i32, row : i32, column : i32, sum : vec4<f32>) {
    if (row >= uniforms.rows) { return; }
    let position = positionOf(row);
    let to = position.yz * ${pair(stride)} - ${pair(shift)} + vec2<i32>(part / ${stride[1]}, part % ${stride[1]});
    if (any(to < vec2<i32>(0)) || any(to >= ${pair(written)})) { return; }
    result[share * (uniforms.size / ${shares}) + ((position.x * ${written[0]} + to.x) * ${written[1]} + to.y) * ${columns / 4} + column / 4] = sum;
  }`,
    body: `
  let rowTiles = (uniforms.rows + ${tile.rows - 1}) / ${tile.rows};
  let line = item / ${tilesAcross};
  let portion = line / rowTiles;
  let part = portion / ${shares};
  let share = portion % ${shares};
  let firstRow = select(uniforms.rows, (line % rowTiles) * ${tile.rows}, portion < ${parts * shares});
  let firstColumn = (item % ${tilesAcross}) * ${tile.columns};
  let across = lane % ${across};
  let down = lane / ${across};
  let four = lane % ${fours};
  ${times(lefts, (i) => `let window${i} = windowOf(firstRow + ${rowOf(i)}); var left${i} = vec4<f32>(0.0);`)}
  ${times(rights, (i) => `var right${i} = vec4<f32>(0.0);`)}
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  var turn = share * ${slabsOfShare};
  let end = min(turn + ${slabsOfShare}, ${slabs});
  ${fetch('turn')}
  for (; turn < end; turn = turn + 1) {
    ${times(lefts, (i) => `left[(${rowOf(i)}) * ${rowLength} + four] = left${i};`)}
    ${times(rights, (i) => `right[lane + ${i * lanes}] = right${i};`)}
    workgroupBarrier();
    if (turn + 1 < end) ${fetch('turn + 1')}
    for (var k = 0; k < ${fours}; k = k + 1) {
      ${times(4, (j) => `let b${j} = right[(4 * k + ${j}) * ${across} + across];`)}
      ${times(deep, (i) => `let a${i} = left[(${(i * tile.rows) / deep} + down) * ${rowLength} + k]; ${['x', 'y', 'z', 'w'].map((of, j) => `sum${i} = fma(vec4<f32>(a${i}.${of}), b${j}, sum${i});`).join(' ')}`)}
    }
    workgroupBarrier();
  }
  ${times(deep, (i) => `put(part, share, firstRow + ${(i * tile.rows) / deep} + down, firstColumn + 4 * across, sum${i});`)}`,
  };
});
