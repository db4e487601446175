import { inOrder, kernelLayouts } from '@elucidate/engine-native/kernel-layouts';
import * as tf from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

/** One axis of a broadcast: its size, and its strides in a and in b (0: broadcast). */
interface Axis {
  size: number;
  a: number;
  b: number;
}

type Axes = [Axis, Axis, Axis, Axis];
const rank = 4;
/** Nanoseconds per number that is read, added and written, and per number that a function is applied to. */
const moveTime = 0.5;
const functionTime = 1;

/** The axes of a broadcast, outermost first, with neighbours of compatible strides merged; undefined if more than four remain. */
function broadcastAxes(out: readonly number[], a: readonly number[], b: readonly number[]): Axes | undefined {
  const axes: Axis[] = [];
  let strideA = 1;
  let strideB = 1;
  for (let back = 1; back <= out.length; back++) {
    const size = out.at(-back) ?? 1;
    const sizeA = a.length >= back ? (a.at(-back) ?? 1) : 1;
    const sizeB = b.length >= back ? (b.at(-back) ?? 1) : 1;
    if (size !== 1) {
      const axis = { size, a: sizeA === 1 ? 0 : strideA, b: sizeB === 1 ? 0 : strideB };
      const inner = axes[0];
      if (inner && continues(inner, axis)) inner.size *= size;
      else axes.unshift(axis);
    }
    strideA *= sizeA;
    strideB *= sizeB;
  }
  if (axes.length > rank) return undefined;
  while (axes.length < rank) axes.unshift({ size: 1, a: 0, b: 0 });
  return axes as Axes;
}

/** Whether the outer axis continues the inner one in memory, in both tensors. */
function continues(inner: Axis, outer: Axis): boolean {
  const goesOn = (step: number, next: number) => (step === 0 ? next === 0 : next === step * inner.size);
  return goesOn(inner.a, outer.a) && goesOn(inner.b, outer.b);
}

function planOf([first, second, third, last]: Axes): number[] {
  return inOrder('BroadcastPlan', {
    size0: first.size, size1: second.size, size2: third.size, size3: last.size,
    a0: first.a, a1: second.a, a2: third.a, a3: last.a, b0: first.b, b1: second.b, b2: third.b, b3: last.b,
  });
}

function binaryKernel(op: number): SimdKernel {
  return ({ inputs, backend }) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const axes = broadcastAxes(shape, a.shape, b.shape);
    if (!axes) return undefined;
    const last = axes[rank - 1]!;
    const y = backend.output(shape);
    // A single number: both "rows" are one number long, whatever their stride.
    if (last.size === 1) last.a = 1;
    backend.withScratch(kernelLayouts.BroadcastPlan.length * 4, (at) => {
      backend.writeWords(at, planOf(axes));
      const rows = sizeOf(axes.slice(0, -1).map(({ size }) => size));
      const work = rows === 1 ? { items: last.size, grain: 4 } : { items: rows };
      backend.run('binary', [op, backend.address(a), backend.address(b), y.address, at], { ...work, cost: rows * last.size * moveTime });
    });
    return y;
  };
}

/** `alpha` is a step's value below zero; only 0, as in the gradient of relu, is supported here. */
function unaryKernel(op: number): SimdKernel {
  return ({ inputs, attrs, backend }) => {
    if (attrs['alpha']) return undefined;
    const x = input(inputs, 'x');
    const y = backend.output(x.shape);
    const items = sizeOf(x.shape);
    backend.run('unary', [op, backend.address(x), y.address], { items, grain: 4, cost: items * functionTime });
    return y;
  };
}

export const elementwiseKernels: Readonly<Record<string, SimdKernel>> = Object.fromEntries([
  ...kernelLayouts.BinaryOp.map((name, op) => [name, binaryKernel(op)] as const),
  ...kernelLayouts.UnaryOp.map((name, op) => [name, unaryKernel(op)] as const),
]);

/** x clamped to [clipValueMin, clipValueMax]. */
export const clipByValue: SimdKernel = ({ inputs, attrs, backend }) => {
  const x = input(inputs, 'x');
  const y = backend.output(x.shape);
  const items = sizeOf(x.shape);
  backend.run('clip', [backend.address(x), y.address, attrs['clipValueMin'] as number, attrs['clipValueMax'] as number], { items, grain: 4, cost: items * moveTime });
  return y;
};
