import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
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

/** Numbers that change with the steps, in the order of `plan`. */
const terms = ['limit', 'towardsFirst', 'towardsSecond', 'secondScale', 'epsilon', 'rate', 'keep', 'towardsWeights'] as const;
const term = (name: (typeof terms)[number]) => `plan[${terms.indexOf(name)}]`;

/** [1]: what the gradient is multiplied by, so that its norm is `limit` at most. */
const shrinkage: Program = {
  name: 'adam_shrinkage', inputs: ['squares', 'plan'], uniforms: 'count : i32,', lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  var own = 0.0;
  for (var k = lane; k < uniforms.count; k = k + ${lanes}) { own = own + squares[k]; }
  ${addUp('own')}
  if (lane == 0) { result[0] = ${term('limit')} / max(sqrt(sums[0]), ${term('limit')}); }`,
};

// two programs: WebGPU guarantees eight arrays per program, and there are nine vectors
const moments: Program = {
  name: 'adam_moments', inputs: ['gradient', 'shrink', 'plan', 'first', 'second'], outputs: ['firstNow', 'secondNow'], uniforms: '',
  body: `
  let g = gradient[index] * shrink[0];
  firstNow[index] = first[index] + (g - first[index]) * ${term('towardsFirst')};
  secondNow[index] = second[index] + (g * g - second[index]) * ${term('towardsSecond')};`,
};

const weights: Program = {
  name: 'adam_weights', inputs: ['weights', 'ema', 'first', 'second', 'plan'], outputs: ['weightsNow', 'emaNow'], uniforms: '',
  body: `
  let now = weights[index] * ${term('keep')} - first[index] / (sqrt(second[index] * ${term('secondScale')}) + ${term('epsilon')}) * ${term('rate')};
  weightsNow[index] = now;
  emaNow[index] = ema[index] + (now - ema[index]) * ${term('towardsWeights')};`,
};

interface Attrs {
  learningRate: number;
  gradientLimit: number;
  decay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** Including this one. */
  steps: number;
}

const mostParts = 256;

/** weights, ema, first, second and gradient, all [n] -> the first four after a step. */
function adamVectors({ inputs, attrs, backend }: GpuCall): TensorInfo[] {
  const { learningRate, gradientLimit, decay, beta1, beta2, epsilon, weightDecay, steps } = attrs as unknown as Attrs;
  const [before, ema, first, second, gradient] = ['weights', 'ema', 'first', 'second', 'gradient'].map((name) => input(inputs, name)) as [TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const { shape } = before;
  const values: Record<(typeof terms)[number], number> = {
    limit: gradientLimit, towardsFirst: 1 - beta1, towardsSecond: 1 - beta2, secondScale: 1 / (1 - beta2 ** steps), epsilon, rate: learningRate / (1 - beta1 ** steps), keep: 1 - learningRate * weightDecay, towardsWeights: 1 - decay,
  };
  const plan = backend.makeTensorInfo([terms.length], 'float32', Float32Array.from(terms, (name) => values[name]));
  const parts = Math.min(mostParts, Math.ceil(sizeOf(shape) / lanes));
  const [summed] = runProgram(backend, squares, { inputs: [gradient], uniforms: [ints(sizeOf(shape))], shapes: [[parts]], items: parts }) as [TensorInfo];
  const [shrink] = runProgram(backend, shrinkage, { inputs: [summed, plan], uniforms: [ints(parts)], shapes: [[1]] }) as [TensorInfo];
  const [firstNow, secondNow] = runProgram(backend, moments, { inputs: [gradient, shrink, plan, first, second], uniforms: [], shapes: [shape, shape] }) as [TensorInfo, TensorInfo];
  const [weightsNow, emaNow] = runProgram(backend, weights, { inputs: [before, ema, firstNow, secondNow, plan], uniforms: [], shapes: [shape, shape] }) as [TensorInfo, TensorInfo];
  for (const { dataId } of [plan, summed, shrink]) backend.disposeData(dataId);
  return [weightsNow, emaNow, firstNow, secondNow];
}

/** A kernel of libs/training/src/device-trainer.ts in WGSL. */
export const adamKernels: Readonly<Record<string, KernelFunc>> = { AdamVectors: kernelOf(adamVectors) };
