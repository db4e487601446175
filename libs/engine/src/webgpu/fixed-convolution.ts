import type { Pair } from '../convolution-geometry.js';
import { sizeOf } from '../kernel-inputs.js';
import { plus } from './addends.js';
import type { Addend } from './addends.js';
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
  /** Whether the filter is [taps][columns][channels], to be read with its taps in reverse: an input's gradient. Only for a `stride` of one part. */
  reversed: boolean;
  /** Filters of one size in place of one: beside each other, of which each writes its share of the columns, or, reversed, below each other, of which each reads its share of the channels. */
  filters: number;
}

/** Groups of four channels in a slab, all of one tap. */
const fours = slab / 4;
const deep = 8;

/** Whether slabs and tiles come out even. */
export function canBeFixed(shape: FixedShape): boolean {
  const { channels, columns } = ofFilter(shape);
  return channels % slab === 0 && columns % 32 === 0;
}

/** What one of the filters reads and writes. */
const ofFilter = ({ channels, columns, reversed, filters }: FixedShape): { channels: number; columns: number } =>
  (reversed ? { channels: channels / filters, columns } : { channels, columns: columns / filters });

/** With fewer workgroups than this, parts of a large GPU would be idle. */
const busy = 256;
/** Fewest slabs worth a share. */
const fewestSlabs = 8;
/** Images of a usual batch: what a sum's order depends on may not depend on the batch itself. */
const usualBatch = 64;

const tileOf = (shape: FixedShape): Tile => (ofFilter(shape).columns % 64 === 0 ? { rows: 64, columns: 64, deep } : { rows: 128, columns: 32, deep });

const workgroupsOfShare = (shape: FixedShape, images: number): number => tilesIn({ rows: images * sizeOf(shape.grid), columns: shape.columns }, tileOf(shape)) * sizeOf(shape.stride);

/** Into how many shares a sum over taps and channels is divided, each computed by a workgroup of its own. */
export function sharesOf(shape: FixedShape): number {
  if (shape.filters > 1 && !shape.reversed) return 1;
  const tiles = workgroupsOfShare(shape, usualBatch);
  const slabs = sizeOf(shape.taps) * (shape.channels / slab);
  return [1, 2, 4].find((shares) => tiles * shares >= busy || slabs / (2 * shares) < fewestSlabs) ?? 4;
}

/** Workgroups for so many images. */
export const workgroupsOf = (shape: FixedShape, images: number): number => workgroupsOfShare(shape, images) * sharesOf(shape);

const pair = ([y, x]: Pair): string => `vec2<i32>(${y}, ${x})`;

/** How a slab of the filter comes into the shared `right`, [term][column], by way of registers right0, right1, ... */
interface RightSide {
  registers: number;
  /** Fills the registers from the slab that an expression numbers. */
  fetch(next: string): string;
  store: string;
}

interface Threads {
  lanes: number;
  /** Groups of four columns in a tile. */
  across: number;
}

/** A number of the filter `which`. */
const weightAt = ({ filters }: FixedShape, which: string, index: string): string => (filters === 1 ? `weights[${index}]` : `weightsAt(${which}, ${index})`);

/** A filter [part][taps][channels][columns]. */
function plainRight(shape: FixedShape, { lanes, across }: Threads): RightSide {
  const { channels, columns } = ofFilter(shape);
  const registers = (slab * across) / lanes;
  const index = (next: string, i: number) => `(part * ${sizeOf(shape.taps) * channels} + (${next}) * ${slab} + (lane + ${i * lanes}) / ${across}) * ${columns / 4} + (firstColumn % ${columns}) / 4 + (lane + ${i * lanes}) % ${across}`;
  return {
    registers,
    fetch: (next) => times(registers, (i) => `right${i} = ${weightAt(shape, `firstColumn / ${columns}`, index(next, i))};`),
    store: times(registers, (i) => `right[lane + ${i * lanes}] = right${i};`),
  };
}

/** A filter [taps][columns][channels], last tap first: a thread turns four terms of four columns around. */
function reversedRight(shape: FixedShape, { across }: Threads): RightSide {
  const { channels, columns } = ofFilter(shape);
  const turning = fours * across;
  const [slabsOfTap, slabsOfFilter] = [shape.channels / slab, channels / slab];
  return {
    registers: 4,
    fetch: (next) => `if (lane < ${turning}) {
      let inTap = (${next}) % ${slabsOfTap};
      let origin = ((${sizeOf(shape.taps) - 1} - (${next}) / ${slabsOfTap}) * ${columns} + firstColumn + 4 * (lane / ${fours})) * ${channels / 4} + (inTap % ${slabsOfFilter}) * ${fours} + lane % ${fours};
      ${times(4, (i) => `right${i} = ${weightAt(shape, `inTap / ${slabsOfFilter}`, `origin + ${(i * channels) / 4}`)};`)}
    }`,
    store: `if (lane < ${turning}) {
      ${times(4, (term) => `right[(4 * (lane % ${fours}) + ${term}) * ${across} + lane / ${fours}] = vec4<f32>(${[0, 1, 2, 3].map((i) => `right${i}[${term}]`).join(', ')});`)}
    }`,
  };
}

/** `name` of each filter as inputs, and a function of them, if there are several. */
function several(name: string, filters: number): { inputs: string[]; function: string } {
  if (filters === 1) return { inputs: [name], function: '' };
  const inputs = Array.from({ length: filters }, (_, i) => `${name}${i}`);
  return { inputs, function: `fn ${name}At(which : i32, index : i32) -> vec4<f32> { ${inputs.map((array, i) => `if (which == ${i}) { return ${array}[index]; }`).join(' ')} return vec4<f32>(0.0); }` };
}

/** y as `convolve` computes it, with what is added (to the results of several filters their biases only), or, if a sum is divided into shares, [shares][y] to be added up. */
export const convolveFixed = family((shape: FixedShape, added: readonly Addend[]): Program => {
  const { channels, columns, taps, read, grid, step, before, written, stride, shift, reversed, filters } = shape;
  const tile = tileOf(shape);
  const lanes = lanesOf(tile);
  const [across, tilesAcross] = [tile.columns / 4, columns / tile.columns];
  const [parts, shares] = [sizeOf(stride), sharesOf(shape)];
  const slabsOfTap = channels / slab;
  const slabs = sizeOf(taps) * slabsOfTap;
  const slabsOfShare = Math.ceil(slabs / shares);
  const lefts = (tile.rows * fours) / lanes;
  const right = (reversed ? reversedRight : plainRight)(shape, { lanes, across });
  const rowOf = (i: number) => `lane / ${fours} + ${(i * lanes) / fours}`;
  // the next slab's numbers are on their way while this one's are multiplied
  const fetch = (next: string) => `{
    let tap = (${next}) / ${slabsOfTap};
    let offset = vec2<i32>(tap / ${taps[1]}, tap % ${taps[1]});
    let first = ((${next}) % ${slabsOfTap}) * ${fours} + ownFour;
    ${times(lefts, (i) => `left${i} = pixelsAt(window${i}, offset, first);`)}
    ${right.fetch(next)}
  }`;
  const [weights, biases] = [several('weights', filters), several('bias', filters)];
  const reading = ['x', ...weights.inputs, ...added.flatMap((name) => (name === 'bias' ? biases.inputs : [name]))];
  const ownColumns = ofFilter(shape).columns;
  const sums = filters > 1 && added.includes('bias') ? ` + biasAt(column / ${ownColumns}, (column % ${ownColumns}) / 4)` : plus(added, { image: 'position.x', channel: 'column / 4', place: 'place', width: `${columns / 4}` });
  return {
    name: [`convolve_fixed_${JSON.stringify(Object.values(shape))}`, ...added].join('_'),
    inputs: reading,
    vectors: [...reading, 'result'],
    lanes,
    uniforms: 'rows : i32,',
    declarations: `${sharedMemory(tile, 'inRow')}
  ${weights.function}
  ${added.includes('bias') ? biases.function : ''}

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
    let place = ((position.x * ${written[0]} + to.x) * ${written[1]} + to.y) * ${columns / 4} + column / 4;
    result[${shares === 1 ? '' : `share * (uniforms.size / ${shares}) + `}place] = sum${sums};
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
  ${times(right.registers, (i) => `var right${i} = vec4<f32>(0.0);`)}
  ${times(deep, (i) => `var sum${i} = vec4<f32>(0.0);`)}
  var turn = share * ${slabsOfShare};
  let end = min(turn + ${slabsOfShare}, ${slabs});
  ${fetch('turn')}
  for (; turn < end; turn = turn + 1) {
    ${times(lefts, (i) => `left[(${rowOf(i)}) * ${rowLength} + ownFour] = left${i};`)}
    ${right.store}
    workgroupBarrier();
    if (turn + 1 < end) ${fetch('turn + 1')}
    ${multiplyRows(tile)}
    workgroupBarrier();
  }
  ${times(deep, (i) => `put(part, share, firstRow + ${(i * tile.rows) / deep} + down, firstColumn + 4 * across, sum${i});`)}`,
  };
});
