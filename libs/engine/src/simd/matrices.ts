import * as tf from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

/** Nanoseconds per multiply-add, including packing and gathering. */
const productTime = 0.1;

/** Matrices in the last two axes; leading axes equal, or of size 1 as a whole on one side. */
export const batchMatMul: SimdKernel = ({ inputs, attrs, backend }) => {
  const a = input(inputs, 'a');
  const b = input(inputs, 'b');
  const leadingA = a.shape.slice(0, -2);
  const leadingB = b.shape.slice(0, -2);
  const countA = sizeOf(leadingA);
  const countB = sizeOf(leadingB);
  if (countA !== 1 && countB !== 1 && String(leadingA) !== String(leadingB)) return undefined;

  const [a0 = 1, a1 = 1] = a.shape.slice(-2);
  const [b0 = 1, b1 = 1] = b.shape.slice(-2);
  const [rows, depth, rowA, depthA] = attrs['transposeA'] ? [a1, a0, 1, a1] : [a0, a1, a1, 1];
  const [columns, depthB, columnB] = attrs['transposeB'] ? [b0, 1, b1] : [b1, b1, 1];
  const y = backend.output([...tf.broadcast_util.assertAndGetBroadcastShape(leadingA, leadingB), rows, columns]);
  const roundColumns = Math.ceil(columns / 8) * 8;
  const scratchBytes = (4 + depth * 4 + depth * roundColumns + roundColumns) * 4;
  const items = Math.max(countA, countB) * Math.ceil(rows / 4);
  backend.withScratch(scratchBytes * backend.threads, (scratch) => {
    backend.run('multiply', [
      backend.address(a), backend.address(b), y.address, rows, depth, columns,
      countA === 1 ? 0 : rows * depth, countB === 1 ? 0 : depth * columns, rowA, depthA, depthB, columnB, scratch, scratchBytes,
    ], { items, cost: items * 4 * depth * roundColumns * productTime });
  });
  return y;
};
