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
  /** Filters that the columns are divided among, evenly. */
  filters: number;
  /** Whether biases are wanted as well: the sums of dy over pixels. */
  biases: boolean;
}

/** Numbers of one filter, and of everything that is wanted. */
export function sizesOf({ channels, columns, taps, filters, biases }: FilterShape): { filter: number; all: number } {
  const together = sizeOf(taps) * channels * columns;
  return { filter: together / filters, all: together + (biases ? columns : 0) };
}

/** Workgroups that the pixels are divided among, most parts they are divided into, and fewest slabs worth a part. */
const wantedWorkgroups = 768;
const mostParts = 64;
const fewestSlabs = 4;

const deep = 8;
const tileOf = ({ channels, columns, filters }: FilterShape): Tile => ({ rows: channels % 64 === 0 ? 64 : 32, columns: (columns / filters) % 64 === 0 ? 64 : 32, deep });

/** Whether these programs compute it. */
export const filterCanBeFixed = ({ channels, columns, filters }: Pick<FilterShape, 'channels' | 'columns' | 'filters'>): boolean => channels % 32 === 0 && (columns / filters) % 32 === 0;

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

/**
 * Filters [filter][tap][channel][column] = the sums over a part's pixels of x, where the tap sees it, times dy [pixel][column], then biases [column], of each part; if there is one part only, each in
 * an array of its own. A workgroup has one tap. Slabs are fetched ahead as in `convolveFixed`.
 */
export const filterFixed = family((shape: FilterShape): Program => {
  const { images, channels, columns, taps, read, written, step, before, filters, biases } = shape;
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
  const { filter, all } = sizesOf(shape);
  const [own, tilesOfFilter] = [columns / filters, columnTiles / filters];
  const ofEach = (name: string) => Array.from({ length: filters }, (_, i) => `${name}${i}`);
  const outputs = parts > 1 ? ['result'] : [...ofEach('filter'), ...(biases ? ofEach('bias') : [])];
  const put = (name: string, start: string) => `fn put_${name}(part : i32, which : i32, at : i32, sum : vec4<f32>) {
    ${parts > 1 ? `result[part * ${all / 4} + ${start} + at] = sum;` : ofEach(name).map((array, i) => `if (which == ${i}) { ${array}[at] = sum; }`).join(' ')}
  }`;
  return {
    name: `filter_fixed_${[images, channels, columns, ...taps, ...read, ...written, ...step, ...before, filters, biases].join('_')}`,
    inputs: ['x', 'dy'], outputs, vectors: ['x', 'dy', ...outputs], uniforms: '', lanes,
    declarations: `${sharedMemory(tile, 'inColumn')}
  ${put('filter', `which * ${filter / 4}`)}
  ${biases ? put('bias', `${(filters * filter) / 4} + which * ${own / 4}`) : ''}`,
    body: `
  let firstColumn = (item % ${columnTiles}) * ${columnFours};
  let firstRow = ((item / ${columnTiles}) % ${rowTiles}) * ${rowFours};
  let tap = (item / ${columnTiles * rowTiles}) % ${tapCount};
  let part = item / ${columnTiles * rowTiles * tapCount};
  let which = (item % ${columnTiles}) / ${tilesOfFilter};
  let ownColumn = (item % ${tilesOfFilter}) * ${columnFours};
  let across = lane % ${columnFours};
  let down = lane / ${columnFours};
  ${times(leftLoads, (i) => `var next${i} = vec4<f32>(0.0);`)}
  ${times(rightLoads, (i) => `var slope${i} = vec4<f32>(0.0);`)}
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  ${biases ? `let summing = tap == 0 && firstRow == 0 && lane < ${columnFours}; var total = vec4<f32>(0.0);` : ''}
  let begin = part * ${perPart};
  let end = min(begin + ${perPart}, ${slabs});
  if (begin < end) ${load('begin')}
  for (var turn = begin; turn < end; turn = turn + 1) {
    ${times(leftLoads, (i) => `left[lane + ${i * lanes}] = next${i};`)}
    ${times(rightLoads, (i) => `right[lane + ${i * lanes}] = slope${i};`)}
    workgroupBarrier();
    if (turn + 1 < end) ${load('(turn + 1)')}
    ${multiplyColumns(tile)}
    ${biases ? `if (summing) { for (var one = 0; one < ${slab}; one = one + 1) { total = total + right[one * ${columnFours} + lane]; } }` : ''}
    workgroupBarrier();
  }
  if (part * ${(parts > 1 ? all : filter) / 4} < uniforms.size) {
    ${times(deep, (i) => `put_filter(part, which, (tap * ${channels} + 4 * (firstRow + down + ${Math.floor(i / 4) * downs}) + ${i % 4}) * ${own / 4} + ownColumn + across, sum${i});`)}
    ${biases ? 'if (summing) { put_bias(part, which, ownColumn + lane, total); }' : ''}
  }`,
  };
});
