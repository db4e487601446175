import { family } from './program.js';
import type { Program } from './program.js';
import { slab } from './tiled-product.js';

/** [height, width]. */
type Pair = readonly [number, number];

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

/** Rows of a tile that a thread has, and its columns. */
const [deep, wide] = [8, 4];
const tileFor = ({ channels, columns }: FilterShape) => ({ rows: channels % 64 === 0 ? 64 : 32, columns: columns % 64 === 0 ? 64 : 32 });

/** Whether these programs compute it. */
export const canBeFixed = ({ channels, columns }: Pick<FilterShape, 'channels' | 'columns'>): boolean => channels % 32 === 0 && columns % 32 === 0;

export interface Parts {
  /** Workgroups for one part. */
  tiles: number;
  parts: number;
}

export function partsOf(shape: FilterShape): Parts {
  const { images, channels, columns, taps, written } = shape;
  const tile = tileFor(shape);
  const tiles = taps[0] * taps[1] * (channels / tile.rows) * (columns / tile.columns);
  const slabs = Math.ceil((images * written[0] * written[1]) / slab);
  return { tiles, parts: Math.max(1, Math.min(mostParts, Math.ceil(wantedWorkgroups / tiles), Math.floor(slabs / fewestSlabs))) };
}

const times = (count: number, of: (i: number) => string): string => Array.from({ length: count }, (_, i) => of(i)).join('\n  ');

/** [parts][tap][channel][column] = the sums over a part's pixels of x, where the tap sees it, and of dy [pixel][column]: a workgroup has one tap. Slabs are fetched ahead as in `convolveFixed`. */
export const filterFixed = family((shape: FilterShape): Program => {
  const { images, channels, columns, taps, read, written, step, before } = shape;
  const tile = tileFor(shape);
  const { parts } = partsOf(shape);
  const pixels = images * written[0] * written[1];
  const slabs = Math.ceil(pixels / slab);
  const perPart = Math.ceil(slabs / parts);
  const lanes = (tile.rows * tile.columns) / (deep * wide);
  const [rowFours, columnFours] = [tile.rows / 4, tile.columns / 4];
  const downs = tile.rows / deep;
  const [rowTiles, columnTiles] = [channels / tile.rows, columns / tile.columns];
  const [leftLoads, rightLoads] = [(slab * rowFours) / lanes, (slab * columnFours) / lanes];
  const tapCount = taps[0] * taps[1];
  const load = (at: string) => `{
    let at = ${at} * ${slab};
    ${times(leftLoads, (i) => `{
      let pixel = at + (lane + ${i * lanes}) / ${rowFours};
      let y = (pixel / ${written[1]}) % ${written[0]} * ${step[0]} - ${before[0]} + tap / ${taps[1]};
      let x_ = pixel % ${written[1]} * ${step[1]} - ${before[1]} + tap % ${taps[1]};
      next${i} = vec4<f32>(0.0);
      if (pixel < ${pixels} && y >= 0 && y < ${read[0]} && x_ >= 0 && x_ < ${read[1]}) {
        next${i} = x[((pixel / ${written[0] * written[1]}) * ${read[0] * read[1]} + y * ${read[1]} + x_) * ${channels / 4} + firstRow + (lane + ${i * lanes}) % ${rowFours}];
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
    declarations: `var<workgroup> left : array<vec4<f32>, ${slab * rowFours}>;
  var<workgroup> right : array<vec4<f32>, ${slab * columnFours}>;`,
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
    for (var k = 0; k < ${slab}; k = k + 1) {
      let b = right[k * ${columnFours} + across];
      ${times(deep / 4, (m) => `let a${m} = left[k * ${rowFours} + down + ${m * downs}]; ${['x', 'y', 'z', 'w'].map((c, j) => `sum${4 * m + j} = fma(vec4<f32>(a${m}.${c}), b, sum${4 * m + j});`).join(' ')}`)}
    }
    workgroupBarrier();
  }
  let first = (part * ${tapCount} + tap) * ${channels};
  if (first * ${columns / 4} < uniforms.size) {
    ${times(deep, (i) => `result[(first + 4 * (firstRow + down + ${Math.floor(i / 4) * downs}) + ${i % 4}) * ${columns / 4} + firstColumn + across] = sum${i};`)}
  }`,
  };
});
