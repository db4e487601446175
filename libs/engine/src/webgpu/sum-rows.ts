import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import type { GpuBackend } from './gpu-backend.js';
import { sumLater } from './later-sums.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';
import { addUp, lanes } from './workgroup-sum.js';
import { ints } from './uniforms.js';

/** Adjacent columns that a workgroup handles, so that neighbouring threads read neighbouring numbers. */
const abreast = 16;

/** [parts][columns]: the sums of each part's share of the rows. */
const summed: Program = {
  name: 'sum_rows', inputs: ['dy'], uniforms: 'rows : i32, columns : i32, share : i32,', lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  let blocks = (uniforms.columns + ${abreast - 1}) / ${abreast};
  let part = item / blocks;
  let column = (item % blocks) * ${abreast} + lane % ${abreast};
  let inside = column < uniforms.columns && part * uniforms.columns < uniforms.size;
  let end = select(0, min(uniforms.rows, (part + 1) * uniforms.share), inside);
  var own = 0.0;
  for (var row = part * uniforms.share + lane / ${abreast}; row < end; row = row + ${lanes / abreast}) { own = own + dy[row * uniforms.columns + column]; }
  ${addUp('own', abreast)}
  if (lane < ${abreast} && inside) { result[part * uniforms.columns + column] = sums[lane]; }`,
};

/** Rows that one workgroup sums, and most parts worth adding up. */
const rowsOfPart = 1024;
const mostParts = 64;

/** dy [...,c] -> its sums over all but the last dimension, [c]. */
export function sumRows(backend: GpuBackend, dy: TensorInfo): TensorInfo {
  const columns = dy.shape.at(-1)!;
  const rows = sizeOf(dy.shape.slice(0, -1));
  const share = Math.ceil(rows / Math.min(mostParts, Math.ceil(rows / rowsOfPart)));
  const parts = Math.ceil(rows / share);
  const [sums] = runProgram(backend, summed, {
    inputs: [dy], uniforms: [ints(rows), ints(columns), ints(share)], shapes: [parts === 1 ? [columns] : [parts, columns]], items: parts * Math.ceil(columns / abreast),
  }) as [TensorInfo];
  if (parts === 1) return sums;
  const whole = sumLater(backend, sums, { first: 0, stride: columns, count: parts, size: columns });
  backend.disposeData(sums.dataId);
  return whole;
}
