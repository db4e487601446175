import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { adamTerms } from '../adam-plan.js';
import { input, sizeOf } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';
import { addUp, lanes } from './workgroup-sum.js';
import { ints } from './uniforms.js';

/**
 * A step of Adam (Kingma & Ba 2015, Alg. 1) on a gradient with clipped norm, and of an average of the weights, all of them as long
 * vectors: each is read and written once, whereas plain tensor operations take about twenty passes.
 */

/** [parts]: the sums of the squares of every part-th 256 numbers. */
const squares: Program = {
  name: 'adam_squares', inputs: ['gradient'], uniforms: 'count : i32,', lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  var own = 0.0;
  for (var k = item * ${lanes} + lane; k < uniforms.count; k = k + uniforms.size * ${lanes}) { own = own + gradient[k] * gradient[k]; }
  ${addUp('own')}
  if (lane == 0) { result[item] = sums[0]; }`,
};

const term = (name: (typeof adamTerms)[number]) => `plan[${adamTerms.indexOf(name)}]`;

/** [2]: what the gradient is multiplied by, so that its norm is `limit` at most; and whether the loss is a number, 1 or 0. */
const shrinkage: Program = {
  name: 'adam_shrinkage', inputs: ['squares', 'plan', 'loss'], uniforms: 'count : i32,', lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  var own = 0.0;
  for (var k = lane; k < uniforms.count; k = k + ${lanes}) { own = own + squares[k]; }
  ${addUp('own')}
  // by its bits: a compiler may take it for granted that no number is infinite or NaN
  let finite = (bitcast<u32>(loss[0]) & 0x7f800000u) != 0x7f800000u;
  if (lane == 0) {
    let norm = sqrt(sums[0]);
    var factor = 1.0;
    if (norm > ${term('limit')}) { factor = ${term('limit')} / norm; }
    result[0] = factor;
    result[1] = select(0.0, 1.0, finite);
  }`,
};

const step: Program = {
  name: 'adam_step', inputs: ['gradient', 'shrink', 'plan'], outputs: ['weights', 'ema', 'first', 'second'], uniforms: '',
  body: `
  if (shrink[1] != 0.0) {
    let g = gradient[index] * shrink[0];
    let m = first[index] + (g - first[index]) * ${term('towardsFirst')};
    let v = second[index] + (g * g - second[index]) * ${term('towardsSecond')};
    let now = weights[index] * ${term('keep')} - m / (sqrt(v * ${term('secondScale')}) + ${term('epsilon')}) * ${term('rate')};
    first[index] = m;
    second[index] = v;
    weights[index] = now;
    ema[index] = ema[index] + (now - ema[index]) * ${term('towardsWeights')};
  }`,
};

const mostParts = 256;

/** Changes weights, ema, first and second, all [n] like the gradient, by a plan (`adamNumbers`), unless the loss is no number. Returns [2], see `shrinkage`. */
function adamInPlace({ inputs, backend }: GpuCall): TensorInfo {
  const [gradient, plan, loss, ...vectors] = ['gradient', 'plan', 'loss', 'weights', 'ema', 'first', 'second'].map((name) => input(inputs, name)) as [TensorInfo, TensorInfo, TensorInfo, ...TensorInfo[]];
  const size = sizeOf(gradient.shape);
  const parts = Math.min(mostParts, Math.ceil(size / lanes));
  const [summed] = runProgram(backend, squares, { inputs: [gradient], uniforms: [ints(size)], shapes: [[parts]], items: parts }) as [TensorInfo];
  const [shrink] = runProgram(backend, shrinkage, { inputs: [summed, plan, loss], uniforms: [ints(parts)], shapes: [[2]] }) as [TensorInfo];
  runProgram(backend, step, { inputs: [gradient, shrink, plan], uniforms: [], shapes: vectors.map(({ shape }) => shape), into: vectors });
  backend.disposeData(summed.dataId);
  return shrink;
}

/** A kernel of libs/training/src/replayed-trainer.ts in WGSL. */
export const adamKernels: Readonly<Record<string, KernelFunc>> = { AdamInPlace: kernelOf(adamInPlace) };
