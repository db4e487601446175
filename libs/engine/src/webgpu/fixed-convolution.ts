import type { Pair } from '../convolution-geometry.js';
import { sizeOf } from '../kernel-inputs.js';
import { family } from './program.js';
import type { Program } from './program.js';
import { multiplyRows, rowLength, sharedMemory, slab } from './tiled-product.js';
import { lanesOf, tilesIn } from './tiles.js';
import type { Tile } from './tiles.js';
import { times } from './wgsl.js';

/**
 * Convolutions whose shape is written into their code, so that a term's place in the image needs no division and no look-up:
 * on an H100 1.4 to 4.6 times as fast forward as `convolve`, which takes any shape, and 0.8 to 2.6 times for an input's gradient
 * (docs/performance.md). Each shape is compiled separately; the number of images is free.
 */

/** What a convolution reads and writes, but for the number of images. */
export interface FixedShape {
  /** Of the images it reads. */
  channels: number;
  /** Channels of the images it writes. */
  columns: number;
  /** Of the filter; if `stride` has several parts, of each part's. */
  taps: Pair;
  /** Size of the images it reads, and of those it writes. */
  read: Pair;
  written: Pair;
  /** Positions at which windows begin, at `step` times the position minus `before`. */
  grid: Pair;
  step: Pair;
  before: Pair;
  /** A position's result goes to `stride` times the position minus `shift` plus the part: there are as many parts as pixels in `stride`, each with taps of its own. */
  stride: Pair;
  shift: Pair;
}

/** Groups of four channels in a slab, all of one tap. */
const fours = slab / 4;
const deep = 8;

/** Whether slabs and tiles come out even. */
export const canBeFixed = ({ channels, columns }: FixedShape): boolean => channels % slab === 0 && columns % 32 === 0;

/** With fewer workgroups than this, parts of a large GPU would be idle. */
const busy = 256;
/** Images of a usual batch: what a sum's order depends on may not depend on the batch itself. */
const usualBatch = 64;

const tileOf = ({ columns }: FixedShape): Tile => (columns % 64 === 0 ? { rows: 64, columns: 64, deep } : { rows: 128, columns: 32, deep });

const workgroupsOfShare = (shape: FixedShape, images: number): number => tilesIn({ rows: images * sizeOf(shape.grid), columns: shape.columns }, tileOf(shape)) * sizeOf(shape.stride);

/** Into how many shares a sum over taps and channels is divided, each computed by a workgroup of its own. */
export function sharesOf(shape: FixedShape): number {
  const tiles = workgroupsOfShare(shape, usualBatch);
  const slabs = sizeOf(shape.taps) * (shape.channels / slab);
  return [1, 2, 4].find((shares) => tiles * shares >= busy || slabs / (2 * shares) < 4) ?? 4;
}

/** Workgroups for so many images. */
export const workgroupsOf = (shape: FixedShape, images: number): number => workgroupsOfShare(shape, images) * sharesOf(shape);

const pair = ([y, x]: Pair): string => `vec2<i32>(${y}, ${x})`;

/** y as `convolve` computes it, or, if a sum is divided into shares, [shares][y] to be added. */
export const convolveFixed = family((shape: FixedShape): Program => {
  const { channels, columns, taps, read, grid, step, before, written, stride, shift } = shape;
  const tile = tileOf(shape);
  const lanes = lanesOf(tile);
  const [across, tilesAcross] = [tile.columns / 4, columns / tile.columns];
  const [parts, shares] = [sizeOf(stride), sharesOf(shape)];
  const slabsOfTap = channels / slab;
  const slabs = sizeOf(taps) * slabsOfTap;
  const slabsOfShare = Math.ceil(slabs / shares);
  const [lefts, rights] = [(tile.rows * fours) / lanes, (slab * across) / lanes];
  const rowOf = (i: number) => `lane / ${fours} + ${(i * lanes) / fours}`;
  // the next slab's numbers are on their way while this one's are multiplied
  const fetch = (next: string) => `{
    let tap = (${next}) / ${slabsOfTap};
    let offset = vec2<i32>(tap / ${taps[1]}, tap % ${taps[1]});
    let first = ((${next}) % ${slabsOfTap}) * ${fours} + ownFour;
    ${times(lefts, (i) => `left${i} = pixelsAt(window${i}, offset, first);`)}
    ${times(rights, (i) => `right${i} = weights[(part * ${slabs * slab} + (${next}) * ${slab} + (lane + ${i * lanes}) / ${across}) * ${columns / 4} + firstColumn / 4 + (lane + ${i * lanes}) % ${across}];`)}
  }`;
  return {
    name: `convolve_fixed_${JSON.stringify(Object.values(shape))}`,
    inputs: ['x', 'weights'],
    vectors: ['x', 'weights', 'result'],
    lanes,
    uniforms: 'rows : i32,',
    declarations: `${sharedMemory(tile, 'inRow')}

  // (image, y, x) of a row
  fn positionOf(row : i32) -> vec3<i32> { return vec3<i32>(row / ${sizeOf(grid)}, (row / ${grid[1]}) % ${grid[0]}, row % ${grid[1]}); }

  // (the image's first four numbers, first y, first x) that a row's window reads; far outside if there is no such row
  fn windowOf(row : i32) -> vec3<i32> {
    let position = positionOf(row);
    let first = position.yz * ${pair(step)} - ${pair(before)};
    return vec3<i32>(position.x * ${(sizeOf(read) * channels) / 4}, select(-1000000, first.x, row < uniforms.rows), first.y);
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
  let ownFour = lane % ${fours};
  ${times(lefts, (i) => `let window${i} = windowOf(firstRow + ${rowOf(i)}); var left${i} = vec4<f32>(0.0);`)}
  ${times(rights, (i) => `var right${i} = vec4<f32>(0.0);`)}
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  var turn = share * ${slabsOfShare};
  let end = min(turn + ${slabsOfShare}, ${slabs});
  ${fetch('turn')}
  for (; turn < end; turn = turn + 1) {
    ${times(lefts, (i) => `left[(${rowOf(i)}) * ${rowLength} + ownFour] = left${i};`)}
    ${times(rights, (i) => `right[lane + ${i * lanes}] = right${i};`)}
    workgroupBarrier();
    if (turn + 1 < end) ${fetch('turn + 1')}
    ${multiplyRows(tile)}
    workgroupBarrier();
  }
  ${times(deep, (i) => `put(part, share, firstRow + ${(i * tile.rows) / deep} + down, firstColumn + 4 * across, sum${i});`)}`,
  };
});
