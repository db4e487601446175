import { fourColumns, patches, patchUniforms, putColumns } from './patches.js';
import type { Fours } from './patches.js';
import { plus } from './addends.js';
import type { Addend } from './addends.js';
import { family } from './program.js';
import type { Program } from './program.js';
import { productUniforms, sharedMemory, sharedWindows, slab, tiledProduct } from './tiled-product.js';
import { lanesOf } from './tiles.js';
import type { Tile } from './tiles.js';

/** Name, inputs and threads of a tiled product of `x`, as patches, with `right`. */
function product(name: string, { right, tile, fours }: { right: string; tile: Tile; fours: Fours }): Omit<Program, 'body' | 'uniforms'> {
  const kind = `${fours.left ? 4 : 1}${fours.right ? 4 : 1}`;
  return {
    name: `${name}_${tile.rows}x${tile.columns}_${kind}`,
    inputs: ['x', right],
    vectors: [...(fours.left ? ['x'] : []), ...(fours.right ? [right, 'result'] : [])],
    lanes: lanesOf(tile),
  };
}

/** A product that also reads what is added. */
const withAddends = <P extends Pick<Program, 'name' | 'inputs' | 'vectors'>>(product: P, added: readonly Addend[]): P =>
  ({ ...product, name: [product.name, ...added].join('_'), inputs: [...product.inputs, ...added], vectors: [...(product.vectors ?? []), ...added] });

/**
 * y[pixel, out] = the sum over taps and channels of the pixel's patch of x and of weights [parts][taps][channels][out]. Part and position
 * of a pixel give where y goes, `stride` times the position minus `shift` plus the part: a convolution has one part, and stride 1. Something may be added
 * to it where four channels are written at once.
 */
export const convolve = family((tile: Tile, fours: Fours, added: readonly Addend[]): Program => ({
  ...withAddends(product('convolve', { right: 'weights', tile, fours }), added),
  uniforms: `${productUniforms} ${patchUniforms} written : vec2<i32>, stride : vec2<i32>, shift : vec2<i32>,`,
  declarations: `${sharedMemory(tile, 'inRow')}
  ${patches({ pixels: 'rows', terms: 'inner', fours: fours.left })}

  fn firstTerm(part : i32) -> i32 { return 0; }

  fn rightAt(part : i32, k : i32, column : i32) -> vec4<f32> {
    if (k >= uniforms.inner || column >= uniforms.columns) { return vec4<f32>(0.0); }
    let first = (part * uniforms.inner + k) * uniforms.columns + column;
    ${fourColumns('weights', fours.right)}
  }

  fn put(part : i32, row : i32, column : i32, sum : vec4<f32>) {
    let position = positionOf(row);
    let to = position.yz * uniforms.stride - uniforms.shift + vec2<i32>(part / uniforms.stride.y, part % uniforms.stride.y);
    if (row >= uniforms.rows || column >= uniforms.columns || any(to < vec2<i32>(0)) || any(to >= uniforms.written)) { return; }
    let first = ((position.x * uniforms.written.x + to.x) * uniforms.written.y + to.y) * uniforms.columns + column;
    ${added.length === 0 ? putColumns(fours.right) : `result[first / 4] = sum${plus(added, { image: 'position.x', channel: 'column / 4', place: 'first / 4', width: 'uniforms.columns / 4' })};`}
  }`,
  body: tiledProduct(tile, 'inRow'),
}));

/** [parts][taps][out][in] from a filter [side][in][out]: for each part the taps that contribute to it, flipped both ways; padded with zeros if a part has fewer. */
export const flippedFilter: Program = {
  name: 'flipped_filter', inputs: ['weights'],
  uniforms: 'side : vec2<i32>, taps : vec2<i32>, stride : vec2<i32>, ins : i32, outs : i32,',
  body: `
  let row = index / uniforms.ins;
  let tap = row / uniforms.outs;
  let line = tap / uniforms.taps.y;
  let part = line / uniforms.taps.x;
  let flipped = uniforms.taps - 1 - vec2<i32>(line - part * uniforms.taps.x, tap - line * uniforms.taps.y);
  let position = flipped * uniforms.stride + vec2<i32>(part / uniforms.stride.y, part % uniforms.stride.y);
  if (any(position >= uniforms.side)) { result[index] = 0.0; } else {
    result[index] = weights[((position.x * uniforms.side.y + position.y) * uniforms.ins + index - row * uniforms.ins) * uniforms.outs + row - tap * uniforms.outs];
  }`,
};

/** [parts][taps][channels][out] = the sum over pixels of their patches of x and of dy [pixel][out], each part over its own share of them. */
export const filterParts = family((tile: Tile, fours: Fours): Program => ({
  ...product('filter_parts', { right: 'dy', tile, fours }),
  uniforms: `${productUniforms} ${patchUniforms}`,
  declarations: `${sharedMemory(tile, 'inColumn')}
  ${sharedWindows}
  ${patches({ pixels: 'inner', terms: 'rows', fours: fours.left })}

  fn firstTerm(part : i32) -> i32 { return part * uniforms.slabs * ${slab}; }

  fn rightAt(part : i32, k : i32, column : i32) -> vec4<f32> {
    if (k >= uniforms.inner || column >= uniforms.columns) { return vec4<f32>(0.0); }
    let first = k * uniforms.columns + column;
    ${fourColumns('dy', fours.right)}
  }

  fn put(part : i32, row : i32, column : i32, sum : vec4<f32>) {
    if (row >= uniforms.rows || column >= uniforms.columns) { return; }
    let first = (part * uniforms.rows + row) * uniforms.columns + column;
    ${putColumns(fours.right)}
  }`,
  body: tiledProduct(tile, 'inColumn'),
}));
