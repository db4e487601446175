import type { Pair } from '../convolution-geometry.js';
import { sizeOf } from '../kernel-inputs.js';
import { family } from './program.js';
import type { Program } from './program.js';
import { multiplyColumns, sharedMemory, slab } from './tiled-product.js';
import { lanesOf, tilesIn } from './tiles.js';
import type { Tile } from './tiles.js';
import { times } from './wgsl.js';

/** Sizes of a convolution that are written into the program of its filter's gradient, so that it divides by constants. */
export interface FilterShape {
  images: number;
  /** Of the input, a multiple of 32. */
  channels: number;
  /** Channels of the output, a multiple of 32. */
  columns: number;
  taps: Pair;
  /** Height and width of the input's images, and of the output's. */
  read: Pair;
  written: Pair;
  step: Pair;
  /** Zeros above and left of the images. */
  before: Pair;
}

/** Workgroups that the pixels are divided among, most parts they are divided into, and fewest slabs worth a part. */
const wantedWorkgroups = 768;
const mostParts = 64;
const fewestSlabs = 4;

const deep = 8;
const tileOf = ({ channels, columns }: FilterShape): Tile => ({ rows: channels % 64 === 0 ? 64 : 32, columns: columns % 64 === 0 ? 64 : 32, deep });

/** Whether these programs compute it. */
export const filterCanBeFixed = ({ channels, columns }: Pick<FilterShape, 'channels' | 'columns'>): boolean => channels % 32 === 0 && columns % 32 === 0;

export interface Parts {
  /** Workgroups for one part. */
  tiles: number;
  parts: number;
}

/** How the pixels of a filter's gradient are divided. */
export function partsOf(shape: FilterShape): Parts {
  const { images, channels, columns, taps, written } = shape;
  const tiles = sizeOf(taps) * tilesIn({ rows: channels, columns }, tileOf(shape));
  const slabs = Math.ceil((images * sizeOf(written)) / slab);
  return { tiles, parts: Math.max(1, Math.min(mostParts, Math.ceil(wantedWorkgroups / tiles), Math.floor(slabs / fewestSlabs))) };
}

/** [parts][tap][channel][column] = the sums over a part's pixels of x, where the tap sees it, and of dy [pixel][column]: a workgroup has one tap. Slabs are fetched ahead as in `convolveFixed`. */
export const filterFixed = family((shape: FilterShape): Program => {
  const { images, channels, columns, taps, read, written, step, before } = shape;
  const tile = tileOf(shape);
  const { parts } = partsOf(shape);
  const pixels = images * sizeOf(written);
  const slabs = Math.ceil(pixels / slab);
  const perPart = Math.ceil(slabs / parts);
  const lanes = lanesOf(tile);
  const [rowFours, columnFours] = [tile.rows / 4, tile.columns / 4];
  const downs = tile.rows / deep;
  const [rowTiles, columnTiles] = [channels / tile.rows, columns / tile.columns];
  const [leftLoads, rightLoads] = [(slab * rowFours) / lanes, (slab * columnFours) / lanes];
  const tapCount = sizeOf(taps);
  const load = (at: string) => `{
    let at = ${at} * ${slab};
    ${times(leftLoads, (i) => `{
      let pixel = at + (lane + ${i * lanes}) / ${rowFours};
      let y = (pixel / ${written[1]}) % ${written[0]} * ${step[0]} - ${before[0]} + tap / ${taps[1]};
      let x_ = pixel % ${written[1]} * ${step[1]} - ${before[1]} + tap % ${taps[1]};
      next${i} = vec4<f32>(0.0);
      if (pixel < ${pixels} && y >= 0 && y < ${read[0]} && x_ >= 0 && x_ < ${read[1]}) {
        next${i} = x[((pixel / ${sizeOf(written)}) * ${sizeOf(read)} + y * ${read[1]} + x_) * ${channels / 4} + firstRow + (lane + ${i * lanes}) % ${rowFours}];
      }
    }`)}
    ${times(rightLoads, (i) => `{
      let pixel = at + (lane + ${i * lanes}) / ${columnFours};
      slope${i} = vec4<f32>(0.0);
      if (pixel < ${pixels}) { slope${i} = dy[pixel * ${columns / 4} + firstColumn + (lane + ${i * lanes}) % ${columnFours}]; }
    }`)}
  }`;
  return {
    name: `filter_fixed_${[images, channels, columns, ...taps, ...read, ...written, ...step, ...before].join('_')}`,
    inputs: ['x', 'dy'], vectors: ['x', 'dy', 'result'], uniforms: '', lanes,
    declarations: sharedMemory(tile, 'inColumn'),
    body: `
  let firstColumn = (item % ${columnTiles}) * ${columnFours};
  let firstRow = ((item / ${columnTiles}) % ${rowTiles}) * ${rowFours};
  let tap = (item / ${columnTiles * rowTiles}) % ${tapCount};
  let part = item / ${columnTiles * rowTiles * tapCount};
  let across = lane % ${columnFours};
  let down = lane / ${columnFours};
  ${times(leftLoads, (i) => `var next${i} = vec4<f32>(0.0);`)}
  ${times(rightLoads, (i) => `var slope${i} = vec4<f32>(0.0);`)}
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  let begin = part * ${perPart};
  let end = min(begin + ${perPart}, ${slabs});
  if (begin < end) ${load('begin')}
  for (var turn = begin; turn < end; turn = turn + 1) {
    ${times(leftLoads, (i) => `left[lane + ${i * lanes}] = next${i};`)}
    ${times(rightLoads, (i) => `right[lane + ${i * lanes}] = slope${i};`)}
    workgroupBarrier();
    if (turn + 1 < end) ${load('(turn + 1)')}
    ${multiplyColumns(tile)}
    workgroupBarrier();
  }
  let first = (part * ${tapCount} + tap) * ${channels};
  if (first * ${columns / 4} < uniforms.size) {
    ${times(deep, (i) => `result[(first + 4 * (firstRow + down + ${Math.floor(i / 4) * downs}) + ${i % 4}) * ${columns / 4} + firstColumn + across] = sum${i};`)}
  }`,
  };
});
