import { family } from './program.js';
import type { Program } from './program.js';
import { rowOfItem, tableUniforms } from './tables.js';
import { addUp, lanes } from './workgroup-sum.js';

/**
 * Affine maps of the same rows x [n,inner], their matrices [inner,out] and biases [out] all in one array, `weights`. A map's row in the table is, after its first workgroup, where its matrix, its
 * bias and its results [n,out] begin, and its number of columns, then where the gradients of its parameters begin.
 */
const facts = `
  let map = uniforms.table[2 * row];
  let matrix = map.y;
  let bias = map.z;
  let own = map.w;
  let out = uniforms.table[2 * row + 1].x;
  let gradients = uniforms.table[2 * row + 1].y;`;

const uniforms = (maps: number) => tableUniforms(maps, ['images', 'inner']);

/** Threads of a workgroup, one a result. */
export const resultsTogether = 64;

/** All results, each map's from its place on. */
export const affineEach = family((maps: number): Program => ({
  name: `affine_each_${maps}`, inputs: ['x', 'weights'], uniforms: uniforms(maps), lanes: resultsTogether,
  body: `${rowOfItem(maps)}${facts}
  let index = (item - map.x) * ${resultsTogether} + lane;
  let image = index / out;
  let column = index % out;
  if (image < uniforms.images) {
    var sum = 0.0;
    for (var k = 0; k < uniforms.inner; k = k + 1) { sum = fma(x[image * uniforms.inner + k], weights[matrix + k * out + column], sum); }
    result[own + index] = sum + weights[bias + column];
  }`,
}));

/** dx [n,inner] from the gradients of all results: a workgroup for each number. */
export const affineEachRows = family((maps: number): Program => ({
  name: `affine_each_rows_${maps}`, inputs: ['dy', 'weights'], uniforms: uniforms(maps), lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  let image = item / uniforms.inner;
  let k = item % uniforms.inner;
  var total = 0.0;
  for (var row = 0; row < select(0, ${maps}, image < uniforms.images); row = row + 1) {${facts}
    for (var column = lane; column < out; column = column + ${lanes}) { total = fma(dy[own + image * out + column], weights[matrix + k * out + column], total); }
  }
  ${addUp('total')}
  if (lane == 0 && image < uniforms.images) { result[item] = sums[0]; }`,
}));

/** The gradients of all matrices, [inner,out], each followed by that of its bias: sums over images. */
export const affineEachParameters = family((maps: number): Program => ({
  name: `affine_each_parameters_${maps}`, inputs: ['x', 'dy'], uniforms: uniforms(maps), lanes: resultsTogether,
  body: `${rowOfItem(maps)}${facts}
  let index = (item - map.x) * ${resultsTogether} + lane;
  let k = index / out;
  let column = index % out;
  if (k <= uniforms.inner) {
    var sum = 0.0;
    for (var image = 0; image < uniforms.images; image = image + 1) {
      let slope = dy[own + image * out + column];
      if (k == uniforms.inner) { sum = sum + slope; } else { sum = fma(x[image * uniforms.inner + k], slope, sum); }
    }
    result[gradients + index] = sum;
  }`,
}));
