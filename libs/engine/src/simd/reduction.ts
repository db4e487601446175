import * as tf from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import type { KernelCall, SimdKernel } from './kernel.js';

/** Consecutive axes that are all summed or all kept. */
interface Run {
  size: number;
  summed: boolean;
}

function runsOf(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const summed = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.summed === summed) last.size *= size;
    else runs.push({ size, summed });
  });
  return runs;
}

/** Sums `scale` x over its summed runs, the last first, into `y`. */
function sumRuns(backend: KernelCall['backend'], { x, y, runs, scale }: { x: number; y: number; runs: Run[]; scale: number }): void {
  const at = runs.findLastIndex(({ summed }) => summed);
  const outer = runs.slice(0, at);
  const inner = runs.slice(at + 1);
  const count = outer.reduce((n, { size }) => n * size, 1);
  const kept = inner.reduce((n, { size }) => n * size, 1);
  const length = runs[at]?.size ?? 1;
  const more = outer.some(({ summed }) => summed);
  const sum = (to: number, factor: number) =>
    kept === 1 ? backend.kernels.sumRows(x, to, count, length, factor) : backend.kernels.sumColumns(x, to, count, length, kept, factor);
  if (!more) return sum(y, scale);
  backend.withScratch(count * kept * 4, (between) => {
    sum(between, 1);
    sumRuns(backend, { x: between, y, runs: [...outer, ...inner], scale });
  });
}

function reduction(scaleOf: (count: number) => number): SimdKernel {
  return ({ inputs, attrs, backend }) => {
    const x = input(inputs, 'x');
    const axes = tf.util.parseAxisParam(attrs['axis'] as number | number[], x.shape);
    const [keptShape, summedShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = attrs['keepDims'] ? tf.backend_util.expandShapeToKeepDim(keptShape, axes) : keptShape;
    const y = backend.output(shape);
    sumRuns(backend, { x: backend.address(x), y: y.address, runs: runsOf(x.shape, axes), scale: scaleOf(sizeOf(summedShape)) });
    return y;
  };
}

export const sum: SimdKernel = reduction(() => 1);
export const mean: SimdKernel = reduction((count) => 1 / count);
